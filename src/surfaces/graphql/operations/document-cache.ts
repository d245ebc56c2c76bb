import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  recommendedRules,
  specifiedRules,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { Fault } from '../../../core/errors.ts';
import type { GraphqlApp } from '../request/context.ts';
import { publicError } from '../request/public-error.ts';
import { assertWithinLimits, DOCUMENT_LIMITS } from './document-limits.ts';

/** A parsed and validated document, with the facts that every request needs. */
export interface ParsedDocument {
  readonly document: DocumentNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Empty when it is valid. */
  readonly errors: readonly GraphQLError[];
}

export interface DocumentCache {
  /** @throws GraphQLError for a syntax error, Fault TOO_COSTLY past a limit */
  parse(text: string): ParsedDocument;
  /** The result of `parse` for this document object. */
  find(document: DocumentNode): ParsedDocument | undefined;
}

/** Maximum memory of all cached documents, and the estimated memory of a token with its node. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
const ESTIMATED_TOKEN_BYTES = 300;
const MAX_VALIDATION_ERRORS = 20;

/** Parses and validates each document once: requests repeat a few documents, and validation costs more than execution. */
export function createDocumentCache(schema: GraphQLSchema, app: Pick<GraphqlApp, 'config' | 'logger'>): DocumentCache {
  const { mode, server } = app.config;
  const rules = [
    ...new Set([...specifiedRules, ...recommendedRules]),
    ...(server.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  const kept = new LRUCache<string, ParsedDocument>({
    maxSize: MAX_CACHE_BYTES,
    sizeCalculation: ({ document }, text) =>
      2 * text.length + ESTIMATED_TOKEN_BYTES * (document.tokenCount ?? DOCUMENT_LIMITS.tokens),
  });
  const byNode = new WeakMap<DocumentNode, ParsedDocument>();

  const check = (text: string): ParsedDocument => {
    const document = parseWithinLimits(text);
    assertWithinLimits(document);
    const hideSuggestions = mode !== 'development';
    const errors = validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions });
    // graphql aborts when too many fields would have to be compared with each other.
    if (errors.some(({ message }) => message === 'Validation aborted.'))
      throw documentTooLargeFault('fewer fields of the same name');
    const known = {
      document,
      fragments: fragmentsOf(document),
      errors: errors.map((error) => publicError(error, app)),
    };
    byNode.set(document, known);
    return known;
  };

  return {
    parse(text) {
      const before = kept.get(text);
      if (before) return before;
      const known = check(text);
      // Only valid documents are cached; invalid ones are rarely repeated.
      if (known.errors.length === 0) kept.set(text, known);
      return known;
    },
    find: (document) => byNode.get(document),
  };
}

/** The operation to run: the only one, or the one with this name. */
export function findOperation(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION);
  if (name == null) return operations.length === 1 ? operations[0] : undefined;
  return operations.find((operation) => operation.name?.value === name);
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function parseWithinLimits(text: string): DocumentNode {
  const { tokens, characters, comments } = DOCUMENT_LIMITS;
  if (text.length > characters) throw documentTooLargeFault(`at most ${characters} characters; send data as variables`);
  try {
    return parse(text, { maxLexicalTokens: tokens, maxComments: comments });
  } catch (error) {
    // The parser recurses, and its limit errors differ only in their text.
    if (error instanceof RangeError) throw documentTooLargeFault('less nesting');
    if (error instanceof GraphQLError && /contains more than \d+ (?:tokens|comments)/i.test(error.message)) {
      throw documentTooLargeFault(`at most ${tokens} tokens and ${comments} comments`);
    }
    throw error;
  }
}

function documentTooLargeFault(what: string): Fault {
  return new Fault('TOO_COSTLY', `The document is too large. It must have ${what}.`);
}

/** Parses and validates through the document cache, with its limits, for every transport. */
export function useDocumentCache(documents: DocumentCache): Plugin {
  return {
    onParse: ({ params: { source }, setParsedDocument }) => {
      setParsedDocument(documents.parse(typeof source === 'string' ? source : source.body).document);
    },
    onValidate: ({ params: { documentAST }, setResult }) => {
      const known = documents.find(documentAST);
      if (known) setResult([...known.errors]);
    },
  };
}
