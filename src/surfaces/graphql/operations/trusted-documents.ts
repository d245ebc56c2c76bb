import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Fault } from '../../../core/errors.ts';
import { isJsonObject } from '../../../lib/json.ts';
import { requestError } from '../request/request-error.ts';
import type { OperationParams } from './operation-params.ts';

/** The text of the document of a request. @throws GraphQLError BAD_INPUT, Fault FORBIDDEN */
export type ResolveDocument = (params: OperationParams) => string;

/** Accepts any document; the request contains its text. */
export const resolveAnyDocument: ResolveDocument = ({ query, extensions }) => {
  if (query !== undefined) return query;
  // By this message, clients with automatic persisted queries know that they must send the text.
  if (extensions?.persistedQuery !== undefined) throw requestError(422, 'PersistedQueryNotSupported');
  throw requestError(
    422,
    'The request has no query, and this server has no trusted documents. Send the text as query.',
  );
};

/**
 * Accepts only the documents of the files: in each a JSON object, sha256 → text. A request names one by `documentId`
 * (`sha256:HEX`), by `extensions.persistedQuery.sha256Hash`, or contains the same text.
 * @throws Fault BAD_INPUT when a file does not have that form, or a digest is not that of its document
 */
export function loadTrustedDocuments(files: readonly string[]): ResolveDocument {
  const texts = new Map(files.flatMap(readTrustedDocuments));
  return ({ query, documentId, extensions }) => {
    const persisted = extensions?.persistedQuery as { readonly sha256Hash?: unknown } | null | undefined;
    const id = documentId ?? (query === undefined ? persisted?.sha256Hash : sha256(query));
    const text = typeof id === 'string' ? texts.get(id.replace(/^sha256:/, '').toLowerCase()) : undefined;
    if (text !== undefined) return text;
    throw new Fault('FORBIDDEN', 'This server accepts trusted documents only. Send the documentId of one.');
  };
}

function readTrustedDocuments(file: string): readonly (readonly [string, string])[] {
  const found: unknown = parseJsonFile(file);
  if (!isJsonObject(found)) throw invalidFileFault(file, 'it is not a JSON object');
  for (const [digest, text] of Object.entries(found)) {
    if (typeof text !== 'string' || sha256(text) !== digest.toLowerCase()) {
      throw invalidFileFault(file, `${digest} is not the sha256 of its document`);
    }
  }
  return Object.entries(found).map(([digest, text]) => [digest.toLowerCase(), text as string]);
}

function parseJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw invalidFileFault(file, (error as Error).message);
  }
}

function invalidFileFault(file: string, why: string): Fault {
  return new Fault('BAD_INPUT', `The trusted documents in ${file} cannot be used: ${why}.`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
