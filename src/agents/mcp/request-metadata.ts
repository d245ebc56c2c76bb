import type { ToolInfo } from '../../core/agent-session.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { RpcMessage } from './json-rpc.ts';

/** The first version without a handshake: each request says all that there is to know of its client. */
export const STATELESS_VERSION = '2026-07-28';
/** Versions with a handshake, newest first. */
export const HANDSHAKE_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'];

/** Names the header that repeats a parameter. */
const HEADER_KEYWORD = 'x-mcp-header';
const HEADER_TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];

/** `_meta` of a request of 2026-07-28. */
export function statelessMeta(clientVersion: string): JsonObject {
  return {
    'io.modelcontextprotocol/protocolVersion': STATELESS_VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'signalbox', version: clientVersion },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
}

/** Headers that repeat parts of a message (MCP 2026-07-28, "Request Metadata"); earlier versions repeat only the version. */
export function metadataHeaders(
  { method, params = {} }: RpcMessage,
  version: string | undefined,
  tool?: ToolInfo,
): Record<string, string> {
  if (version === undefined || method === 'initialize') return {};
  const headers: Record<string, string> = { 'mcp-protocol-version': version };
  if (version !== STATELESS_VERSION || method === undefined) return headers;
  headers['mcp-method'] = method;
  if (typeof params.name === 'string') headers['mcp-name'] = headerValue(params.name);
  if (tool && isJsonObject(params.arguments)) Object.assign(headers, parameterHeaders(tool.input, params.arguments));
  return headers;
}

/** `Mcp-Param-NAME` for each argument whose schema has `x-mcp-header`, at any depth of objects. */
function parameterHeaders(schema: Json | undefined, args: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {};
  const properties = isJsonObject(schema) && isJsonObject(schema.properties) ? schema.properties : {};
  for (const [name, property] of Object.entries(properties)) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (isJsonObject(value)) Object.assign(headers, parameterHeaders(property, value));
    const header = isJsonObject(property) ? property[HEADER_KEYWORD] : undefined;
    if (typeof header !== 'string' || value === null || value === undefined || typeof value === 'object') continue;
    headers[`mcp-param-${header}`] = headerValue(String(value));
  }
  return headers;
}

/** Whether a tool asks for parameters in headers in a way that the protocol forbids; then it must not be used. */
export function hasInvalidHeaders(schema: JsonObject): boolean {
  const names = new Set<string>();
  let invalid = Object.hasOwn(schema, HEADER_KEYWORD);
  const collect = ({ properties }: JsonObject) => {
    if (!isJsonObject(properties)) return;
    for (const property of Object.values(properties)) {
      if (!isJsonObject(property)) continue;
      const name = property[HEADER_KEYWORD];
      if (name !== undefined) {
        const isToken = typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name);
        const lowerCase = String(name).toLowerCase();
        if (!isToken || !HEADER_TYPES.includes(property.type) || names.has(lowerCase)) invalid = true;
        names.add(lowerCase);
      }
      collect(property);
    }
  };
  collect(schema);
  // Only properties of properties can be found in the arguments.
  return invalid || countKeyword(schema) !== names.size;
}

function countKeyword(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, one) => sum + countKeyword(one as Json), 0);
  return inner + (Object.hasOwn(value, HEADER_KEYWORD) ? 1 : 0);
}

/** Text as a header can carry it; other text in Base64 (MCP 2026-07-28, "Value Encoding"). */
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/i.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
