import { parseJson } from '../../core/parse-json.ts';
import { isJsonObject, type Json, type JsonObject, wellFormedJson } from '../../lib/json.ts';

export type RequestId = string | number;

/** A request, a notification or a response of JSON-RPC 2.0. */
export interface RpcMessage {
  readonly id?: RequestId;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: Json;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Json };
}

export interface RpcRequest extends RpcMessage {
  readonly id: RequestId;
  readonly method: string;
}

/** The error of a response. */
export class RpcResponseError extends Error {
  readonly code: number;
  readonly data: Json | undefined;
  /** HTTP status of the response, if it was not successful. */
  readonly status: number | undefined;

  constructor({ code, message, data }: NonNullable<RpcMessage['error']>, status?: number) {
    super(message);
    this.name = 'RpcResponseError';
    this.code = code;
    this.data = data;
    this.status = status;
  }
}

const METHOD_NOT_FOUND = -32_601;

export function rpcText(message: RpcMessage): string {
  return JSON.stringify({ jsonrpc: '2.0', ...message });
}

/**
 * The messages in a text: one, or a batch. A member that is null counts as absent: some serializers write every member.
 * Text is made storable. Undefined if any of it is not a message.
 */
export function parseMessages(text: string): readonly RpcMessage[] | undefined {
  let json: Json;
  try {
    json = wellFormedJson(parseJson(text));
  } catch {
    return undefined;
  }
  const messages = (Array.isArray(json) ? (json as readonly Json[]) : [json]).map(toMessage);
  return messages.includes(undefined) ? undefined : (messages as readonly RpcMessage[]);
}

function toMessage(json: Json): RpcMessage | undefined {
  if (!isJsonObject(json)) return undefined;
  const { id, method, params, result, error } = json;
  const idOrNone = typeof id === 'string' || typeof id === 'number' ? { id } : {};
  if (typeof method === 'string') return { ...idOrNone, method, ...(isJsonObject(params) && { params }) };
  if (isJsonObject(error)) {
    const { code, message, data } = error;
    const text = typeof message === 'string' ? message : 'it gave no reason';
    return {
      ...idOrNone,
      error: { code: typeof code === 'number' ? code : 0, message: text, ...(data !== undefined && { data }) },
    };
  }
  return result === undefined ? undefined : { ...idOrNone, result };
}

/** Whether this is the response to that request. Some servers return a number as text. */
export function isResponseTo(message: RpcMessage, id: RequestId): boolean {
  return message.method === undefined && message.id !== undefined && String(message.id) === String(id);
}

/** @throws RpcResponseError */
export function resultOf({ error, result }: RpcMessage): Json {
  if (error) throw new RpcResponseError(error);
  return result ?? null;
}

/** The response to a request of a server: this client offers it nothing. Undefined for any other message. */
export function responseToServer({ id, method }: RpcMessage): RpcMessage | undefined {
  if (id === undefined || method === undefined) return undefined;
  if (method === 'ping') return { id, result: {} };
  return { id, error: { code: METHOD_NOT_FOUND, message: `This client does not offer ${method.slice(0, 100)}.` } };
}
