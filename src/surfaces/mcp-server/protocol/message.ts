import { isJsonObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { RPC_CODES, RpcError } from './rpc-error.ts';

export type RequestId = string | number;

/** A request, or a notification, which has no id. */
export interface Message {
  readonly id?: RequestId;
  readonly method: string;
  readonly params: JsonObject;
}

/** A message of a client; undefined for a response, which nobody waits for. @throws RpcError */
export function toMessage(json: Json): Message | undefined {
  if (!isJsonObject(json) || json.jsonrpc !== '2.0') {
    throw new RpcError(RPC_CODES.request, 'A message is a JSON object with "jsonrpc": "2.0".');
  }
  const { id, method, params = {} } = json;
  if (method === undefined && ('result' in json || 'error' in json)) return undefined;
  if (typeof method !== 'string')
    throw new RpcError(RPC_CODES.request, 'A message must have a method, which is a text.');
  if (params !== null && !isJsonObject(params)) throw new RpcError(RPC_CODES.params, '`params` must be an object.');
  if (id === undefined) return { method, params: params ?? {} };
  if (typeof id === 'string' || Number.isInteger(id)) return { id: id as RequestId, method, params: params ?? {} };
  throw new RpcError(RPC_CODES.request, 'The id of a request must be a text or a whole number.');
}

/** The id of a message that may be invalid, for the error that answers it. */
export function idOf(json: unknown): RequestId | null {
  const id = isJsonObject(json) ? json.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/** `_meta` of a request. @throws RpcError */
export function metaOf({ _meta: meta }: JsonObject): JsonObject {
  if (meta === undefined || meta === null) return {};
  if (isJsonObject(meta)) return meta;
  throw new RpcError(RPC_CODES.params, '`_meta` must be an object.');
}

/** A parameter that must be a text. @throws RpcError */
export function requiredText(params: JsonObject, name: string): string {
  const value = optionalText(params, name);
  if (value !== undefined) return value;
  throw new RpcError(RPC_CODES.params, `\`${name}\` is missing: it must be a text.`);
}

/** A parameter that may be missing, or null. @throws RpcError */
export function optionalText(params: JsonObject, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new RpcError(RPC_CODES.params, `\`${name}\` must be a text.`);
}

/** A parameter that is an object, or missing, or null. @throws RpcError */
export function objectOrEmpty(params: JsonObject, name: string): JsonObject {
  const value = params[name];
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw new RpcError(RPC_CODES.params, `\`${name}\` must be an object.`);
}
