import type { GraphQLError } from 'graphql';
import { isJsonObject } from '../../../lib/json.ts';
import { requestError } from '../request/request-error.ts';

/** The parameters of a request, over any transport (GraphQL over HTTP, section 5.1). */
export interface OperationParams {
  /** Absent when the request names a trusted document instead. */
  readonly query?: string;
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Members with other names are ignored. @throws GraphQLError BAD_INPUT for a list (batching is not supported) and wrong types */
export function parseOperationParams(body: unknown): OperationParams {
  if (Array.isArray(body)) throw badInput('Batching is not supported. Send one request for each operation.');
  if (!isJsonObject(body)) throw badInput('The request must be an object: {"query": "…", "variables": {…}}.');
  const { variables, extensions } = body;
  const [query, documentId, operationName] = ['query', 'documentId', 'operationName'].map((name) => {
    const value = body[name] ?? undefined;
    if (value !== undefined && typeof value !== 'string') throw badInput(`${name} is text.`);
    return value;
  });
  if (variables != null && !isJsonObject(variables)) throw badInput('variables must be an object of names and values.');
  if (extensions != null && !isJsonObject(extensions)) throw badInput('extensions is an object.');
  return {
    ...(query && { query }),
    ...(documentId && { documentId }),
    ...(operationName && { operationName }),
    ...(variables && { variables }),
    ...(extensions && { extensions }),
  };
}

/** The request is JSON, but not a well-formed request. */
function badInput(message: string): GraphQLError {
  return requestError(422, message);
}
