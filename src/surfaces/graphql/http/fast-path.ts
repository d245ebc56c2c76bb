import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Admit } from '../operations/admission.ts';
import { type Documents, operationOf } from '../operations/document-cache.ts';
import { type OperationParams, operationParams } from '../operations/operation-params.ts';
import { inOperationSpan } from '../operations/operation-spans.ts';
import type { FindText } from '../operations/trusted-documents.ts';
import { identify } from '../request/caller.ts';
import { createContext, type GraphqlApp, type RequestInfo } from '../request/context.ts';
import { publicError } from '../request/public-error.ts';
import { readJsonBody } from './read-json-body.ts';

/** Aborts when the client goes away before its answer is out. */
export function whileConnected(res: ServerResponse): AbortSignal {
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
export interface Begun {
  /** What was asked; read once. @throws Fault why that cannot be known */
  readonly asked: () => Asked;
  /** Absent: the operation did not run yet. */
  readonly result?: ExecutionResult;
}

/** An operation with the text of its document. */
export interface Asked extends OperationParams {
  readonly query: string;
}

/** Answers a POST of JSON, or gives back what is left to do. Rejects over a bug only. */
export type AnswerOperation = (
  req: IncomingMessage,
  res: ServerResponse,
  info: RequestInfo,
) => Promise<Begun | undefined>;

interface AnswerDeps {
  readonly app: GraphqlApp;
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly admit: Admit;
  readonly textOf: FindText;
  readonly execute: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;
}

/** A result with its errors as they came. */
type Made = Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[] };

/** How a result without errors is written, by the headers that ask for nothing else. */
const PLAIN: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
]);

/**
 * The short way of queries and mutations: without Yoga's request, response and hooks, which take as long as a small
 * command does. It writes results without errors, to clients that take plain JSON; the rest goes on in Yoga.
 */
export function createAnswerOperation(deps: AnswerDeps): AnswerOperation {
  const { app, schema, documents, admit, textOf, execute } = deps;

  /** Undefined when it is not for this way. */
  const run = async (
    asked: Asked,
    req: IncomingMessage,
    res: ServerResponse,
    info: RequestInfo,
  ): Promise<Made | undefined> => {
    const { document, errors } = documents.parse(asked.query);
    if (errors.length > 0) return { errors };
    const { operationName = null, variables: variableValues = {} } = asked;
    const type = operationOf(document, operationName)?.operation;
    if (type === undefined || type === OperationTypeNode.SUBSCRIPTION) return undefined;
    const caller = { ...info, ...(await identify(app, req.headers.authorization)) };
    const contextValue = createContext(app, caller, whileConnected(res));
    const args = { schema, document, operationName, variableValues, contextValue };
    admit(args);
    return inOperationSpan(args, execute);
  };

  return async (req, res, info) => {
    let asked: Asked;
    try {
      asked = askedBy(await readJsonBody(req, MAX_BODY_BYTES), textOf);
    } catch (error) {
      return { asked: () => raise(error) };
    }
    const made = await run(asked, req, res, info).catch((error: unknown): Made => ({ errors: [error] }));
    if (!made) return { asked: () => asked };
    const { errors, ...plain } = made;
    if (errors) return { asked: () => asked, result: { errors: errors.map((e) => publicError(e, app)), ...plain } };
    const mediaType = PLAIN.get(req.headers.accept);
    if (mediaType === undefined) return { asked: () => asked, result: plain };
    const body = JSON.stringify(plain);
    // As text, because Node sends that together with the headers.
    res.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': Buffer.byteLength(body) }).end(body);
    return undefined;
  };
}

/** @throws Fault BAD_INPUT, FORBIDDEN */
export function askedBy(body: unknown, textOf: FindText): Asked {
  const { documentId, ...params } = operationParams(body);
  return { ...params, query: textOf({ ...params, ...(documentId && { documentId }) }) };
}

function raise(error: unknown): never {
  throw error;
}
