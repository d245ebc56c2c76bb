import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { compress, MIN_COMPRESSED_BYTES, negotiateCoding } from '../../../resources/content/compress.ts';
import type { AdmitOperation } from '../operations/admission.ts';
import { type DocumentCache, findOperation } from '../operations/document-cache.ts';
import { executeOperation } from '../operations/execute-operation.ts';
import { type OperationParams, parseOperationParams } from '../operations/operation-params.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import { negotiateResultType, RESULT_MEDIA_TYPES } from '../request/accept.ts';
import { authenticateCaller } from '../request/caller.ts';
import { createContext, type GraphqlApp, type TransportInfo } from '../request/context.ts';
import { publicError } from '../request/public-error.ts';
import { requestError } from '../request/request-error.ts';
import { readJsonBody } from './read-json-body.ts';

/** Aborts when the client disconnects before its response is complete. */
function abortOnDisconnect(res: ServerResponse): AbortSignal {
  const disconnected = new AbortController();
  const abort = () => {
    if (!res.writableFinished) disconnected.abort();
  };
  if (res.closed) abort();
  else res.once('close', abort);
  return disconnected.signal;
}

export const NOT_ACCEPTABLE_ERROR = requestError(
  406,
  `The Accept header excludes each media type of a result: ${RESULT_MEDIA_TYPES.join(', ')}. Accept one of them.`,
);

/** Larger content is uploaded as artifacts. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A POST that Yoga must answer: anything but a result without errors. */
export interface YogaFallback {
  /** The request, read once. @throws when it cannot be read */
  readonly request: () => OperationRequest;
  /** Absent when the operation has not run yet. */
  readonly result?: ExecutionResult;
}

/** An operation with the text of its document. */
export interface OperationRequest extends OperationParams {
  readonly query: string;
}

/** Answers a POST of JSON, or returns what Yoga must do. Rejects only for a bug. */
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
}

/** A result with errors that are not public yet. */
type RawResult = Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[]; readonly isQuery?: boolean };

/**
 * Answers queries and mutations without Yoga's request, response and hooks, which take as long as a small command does.
 * It writes results without errors to clients that accept one of the two JSON media types; Yoga does the rest. Only
 * results of queries are compressed: the length of a compressed result shows what its parts have in common, and what a
 * mutation returns may be a secret, such as the token of `signIn`.
 */
export function createFastPath(deps: FastPathDeps): FastPath {
  const { app, schema, documents, admit, resolveDocument } = deps;

  /** Undefined when Yoga must run the operation. */
  const run = async (
    request: OperationRequest,
    req: IncomingMessage,
    res: ServerResponse,
    info: TransportInfo,
  ): Promise<RawResult | undefined> => {
    const { document, errors } = documents.parse(request.query);
    if (errors.length > 0) return { errors };
    const { operationName = null, variables: variableValues = {} } = request;
    const type = findOperation(document, operationName)?.operation;
    if (type === undefined || type === OperationTypeNode.SUBSCRIPTION) return undefined;
    const caller = { ...info, ...(await authenticateCaller(app, req.headers.authorization, info)) };
    const contextValue = createContext(app, caller, abortOnDisconnect(res));
    const args = { schema, document, operationName, variableValues, contextValue };
    admit(args);
    return { ...(await executeOperation(args)), isQuery: type === OperationTypeNode.QUERY };
  };

  return async (req, res, info) => {
    const mediaType = negotiateResultType(req.headers.accept);
    if (mediaType === undefined) return { request: () => rethrow(NOT_ACCEPTABLE_ERROR) };
    let request: OperationRequest;
    try {
      request = parseOperationRequest(await readJsonBody(req, res, MAX_BODY_BYTES), resolveDocument);
    } catch (error) {
      return { request: () => rethrow(error) };
    }
    const raw = await run(request, req, res, info).catch((error: unknown): RawResult => ({ errors: [error] }));
    if (!raw) return { request: () => request };
    const { errors, isQuery, ...plain } = raw;
    if (errors) {
      return { request: () => request, result: { errors: errors.map((error) => publicError(error, app)), ...plain } };
    }
    if (mediaType === 'text/event-stream') return { request: () => request, result: plain };
    const body = JSON.stringify(plain);
    const coding =
      isQuery && body.length >= MIN_COMPRESSED_BYTES ? negotiateCoding(req.headers['accept-encoding']) : undefined;
    // As text, because Node sends that together with the headers.
    const content = coding ? await compress(body, coding) : body;
    if (coding) res.setHeader('Content-Encoding', coding);
    res
      .writeHead(200, {
        'Content-Type': `${mediaType}; charset=utf-8`,
        'Content-Length': Buffer.byteLength(content),
      })
      .end(content);
    return undefined;
  };
}

/** @throws GraphQLError BAD_INPUT, Fault FORBIDDEN */
export function parseOperationRequest(body: unknown, resolveDocument: ResolveDocument): OperationRequest {
  const { documentId, ...params } = parseOperationParams(body);
  return { ...params, query: resolveDocument({ ...params, ...(documentId && { documentId }) }) };
}

function rethrow(error: unknown): never {
  throw error;
}
