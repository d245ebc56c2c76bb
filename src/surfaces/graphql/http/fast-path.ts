import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { AdmitOperation } from '../operations/admission.ts';
import { type DocumentCache, findOperation } from '../operations/document-cache.ts';
import { type OperationParams, parseOperationParams } from '../operations/operation-params.ts';
import { inOperationSpan } from '../operations/operation-spans.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import { authenticateCaller } from '../request/caller.ts';
import { createContext, type GraphqlApp, type TransportInfo } from '../request/context.ts';
import { publicError } from '../request/public-error.ts';
import { readJsonBody } from './read-json-body.ts';

/** Aborts when the client goes away before its answer is out. */
export function abortOnDisconnect(res: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const abort = () => {
    if (!res.writableFinished) gone.abort();
  };
  if (res.closed) abort();
  else res.once('close', abort);
  return gone.signal;
}

/** Uploads go as artifacts. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A POST whose answer is left to Yoga, which tells everything that is not a plain result. */
export interface YogaFallback {
  /** What was asked; read once. @throws Fault why that cannot be known */
  readonly request: () => OperationRequest;
  /** Absent: the operation did not run yet. */
  readonly result?: ExecutionResult;
}

/** An operation with the text of its document. */
export interface OperationRequest extends OperationParams {
  readonly query: string;
}

/** Answers a POST of JSON, or gives back what is left to do. Rejects over a bug only. */
export type FastPath = (
  req: IncomingMessage,
  res: ServerResponse,
  info: TransportInfo,
) => Promise<YogaFallback | undefined>;

interface FastPathDeps {
  readonly app: GraphqlApp;
  readonly schema: GraphQLSchema;
  readonly documents: DocumentCache;
  readonly admit: AdmitOperation;
  readonly resolveDocument: ResolveDocument;
  readonly execute: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;
}

/** A result with its errors as they came. */
type RawResult = Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[] };

/** How a result without errors is written, by the headers that ask for nothing else. */
const JSON_CONTENT_TYPES: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
]);

/**
 * The short way of queries and mutations: without Yoga's request, response and hooks, which take as long as a small
 * command does. It writes results without errors, to clients that take plain JSON; the rest goes on in Yoga.
 */
export function createFastPath(deps: FastPathDeps): FastPath {
  const { app, schema, documents, admit, resolveDocument: textOf, execute } = deps;

  /** Undefined when it is not for this way. */
  const run = async (
    asked: OperationRequest,
    req: IncomingMessage,
    res: ServerResponse,
    info: TransportInfo,
  ): Promise<RawResult | undefined> => {
    const { document, errors } = documents.parse(asked.query);
    if (errors.length > 0) return { errors };
    const { operationName = null, variables: variableValues = {} } = asked;
    const type = findOperation(document, operationName)?.operation;
    if (type === undefined || type === OperationTypeNode.SUBSCRIPTION) return undefined;
    const caller = { ...info, ...(await authenticateCaller(app, req.headers.authorization)) };
    const contextValue = createContext(app, caller, abortOnDisconnect(res));
    const args = { schema, document, operationName, variableValues, contextValue };
    admit(args);
    return inOperationSpan(args, execute);
  };

  return async (req, res, info) => {
    let asked: OperationRequest;
    try {
      asked = parseOperationRequest(await readJsonBody(req, MAX_BODY_BYTES), textOf);
    } catch (error) {
      return { request: () => rethrow(error) };
    }
    const made = await run(asked, req, res, info).catch((error: unknown): RawResult => ({ errors: [error] }));
    if (!made) return { request: () => asked };
    const { errors, ...plain } = made;
    if (errors) return { request: () => asked, result: { errors: errors.map((e) => publicError(e, app)), ...plain } };
    const mediaType = JSON_CONTENT_TYPES.get(req.headers.accept);
    if (mediaType === undefined) return { request: () => asked, result: plain };
    const body = JSON.stringify(plain);
    // As text, because Node sends that together with the headers.
    res.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': Buffer.byteLength(body) }).end(body);
    return undefined;
  };
}

/** @throws Fault BAD_INPUT, FORBIDDEN */
export function parseOperationRequest(body: unknown, textOf: ResolveDocument): OperationRequest {
  const { documentId, ...params } = parseOperationParams(body);
  return { ...params, query: textOf({ ...params, ...(documentId && { documentId }) }) };
}

function rethrow(error: unknown): never {
  throw error;
}
