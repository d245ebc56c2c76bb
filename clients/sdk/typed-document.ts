import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { SignalboxError } from './signalbox-error.ts';

/**
 * An operation as text that carries the types of its result and its variables: what the client preset of
 * graphql-codegen makes with `documentMode: 'string'`. Plain text does as well; its result is unknown.
 */
export type TypedDocument<Result, Variables> = DocumentTypeDecoration<Result, Variables> & { toString(): string };

/** Variables may be left out where the operation needs none. */
export type VariablesAnd<Variables, Options> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

/** @throws SignalboxError BAD_INPUT for a parsed document, which has no text. */
export function documentText(document: { toString(): string }): string {
  const text = document.toString();
  if (text.startsWith('[object ')) {
    throw new SignalboxError('BAD_INPUT', "The document is not text; generate it with documentMode: 'string'.");
  }
  return text;
}
