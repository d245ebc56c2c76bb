import { Fault } from '../../../core/errors.ts';
import { isJsonObject } from '../../../lib/json.ts';

/** What a client sends, over any transport (GraphQL over HTTP, section 5.1). */
export interface OperationParams {
  /** Absent when a trusted document is named instead. */
  readonly query?: string;
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const PARAM_NAMES = ['query', 'documentId', 'operationName', 'variables', 'extensions'];

/** @throws Fault BAD_INPUT for a list (batching is not served), unknown names and wrong types */
export function parseOperationParams(body: unknown): OperationParams {
  if (Array.isArray(body))
    throw badInput('Several operations in one request are not served; send one request for each.');
  if (!isJsonObject(body)) throw badInput('The request is an object: {"query": "…", "variables": {…}}.');
  const unknown = Object.keys(body).find((name) => !PARAM_NAMES.includes(name));
  if (unknown !== undefined) throw badInput(`A request has ${PARAM_NAMES.join(', ')}, but no ${unknown.slice(0, 50)}.`);
  const { variables, extensions } = body;
  const [query, documentId, operationName] = ['query', 'documentId', 'operationName'].map((name) => {
    const value = body[name] ?? undefined;
    if (value !== undefined && typeof value !== 'string') throw badInput(`${name} is text.`);
    return value;
  });
  if (variables != null && !isJsonObject(variables)) throw badInput('variables is an object of names and values.');
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
