import { Fault } from '../../../core/errors.ts';
import { isJsonObject } from '../../../lib/json.ts';

/** The parameters of a request, over any transport (GraphQL over HTTP, section 5.1). */
export interface OperationParams {
  /** Absent when the request names a trusted document instead. */
  readonly query?: string;
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const PARAM_NAMES = ['query', 'documentId', 'operationName', 'variables', 'extensions'];

/** @throws Fault BAD_INPUT for a list (batching is not supported), unknown names and wrong types */
export function parseOperationParams(body: unknown): OperationParams {
  if (Array.isArray(body)) throw badInput('Batching is not supported. Send one request for each operation.');
  if (!isJsonObject(body)) throw badInput('The request must be an object: {"query": "…", "variables": {…}}.');
  const unknown = Object.keys(body).find((name) => !PARAM_NAMES.includes(name));
  if (unknown !== undefined)
    throw badInput(`A request cannot have ${unknown.slice(0, 50)}. Use ${PARAM_NAMES.join(', ')}.`);
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

function badInput(message: string): Fault {
  return new Fault('BAD_INPUT', message);
}
