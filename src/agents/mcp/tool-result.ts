import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { decodeBase64 } from '../../resources/content/decode-base64.ts';
import { tryParseJson } from '../shared/try-parse-json.ts';
import { notMcpFault, truncateMessage, unusableServerFault } from './mcp-fault.ts';
import { MAX_MESSAGE_BYTES } from './transport.ts';

/** Extensions of artifact names, which are only for people. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'application/pdf': 'pdf',
  'application/gzip': 'gz',
};

/** What a tool returned, as far as it is read. */
export interface ToolCallResult {
  readonly content: readonly JsonObject[];
  readonly structuredContent?: Json;
  readonly isError: boolean;
}

/** Reads the result of `tools/call`. A member that is null counts as absent. @throws Fault RESOURCE_UNREACHABLE */
export function readToolResult(result: Json, where: string): ToolCallResult {
  if (!isJsonObject(result)) throw notMcpFault(where);
  const { content, structuredContent, isError, resultType } = result;
  const parts = content ?? [];
  if (!Array.isArray(parts)) throw notMcpFault(where);
  if (typeof resultType === 'string' && resultType !== 'complete') {
    throw unusableServerFault(where, 'it asks for input, which is not supported here');
  }
  return {
    content: (parts as readonly Json[]).filter(isJsonObject),
    ...(structuredContent !== undefined && structuredContent !== null && { structuredContent }),
    isError: isError === true,
  };
}

/**
 * The result of a tool as JSON: its structured content, or its text and the parts of its content. Bytes are replaced by
 * artifacts of the run. Next to structured content, `content` has the parts that do not repeat it.
 * @throws Fault BAD_INPUT when the tool reports a failure, RESOURCE_TOO_LARGE, UNAVAILABLE, THROTTLED
 */
export async function toolResultJson(
  tool: string,
  { content: parts, structuredContent: structured, isError }: ToolCallResult,
  ctx: Pick<ToolContext, 'saveArtifact' | 'log'>,
): Promise<Json> {
  const text = parts.flatMap((part) => (isText(part) ? [part.text] : [])).join('\n');
  if (isError) {
    // Not retryable: MCP uses this for failures that the caller must handle, not for those of the connection.
    throw new Fault('BAD_INPUT', `The tool ${tool} failed: ${truncateMessage(text) || 'it gave no reason'}`);
  }
  const content: Json[] = [];
  for (const [at, part] of parts.entries()) {
    if (structured !== undefined && isText(part) && repeats(part.text, structured)) continue;
    content.push(await partJson(part, `${tool}-${at + 1}`, ctx));
  }
  if (structured === undefined) return { text, content };
  const plain = toPlainJson(structured, tool);
  if (content.length === 0) return plain;
  if (!isJsonObject(plain)) return { structured_content: plain, content };
  return Object.hasOwn(plain, 'content') ? plain : { ...plain, content };
}

interface TextPart extends JsonObject {
  readonly text: string;
}

function isText(part: JsonObject): part is TextPart {
  return part.type === 'text' && typeof part.text === 'string';
}

/** Whether the text is the structured content or one of its members, as JSON or as it is. */
function repeats(text: string, structured: Json): boolean {
  const members = isJsonObject(structured) ? Object.values(structured) : [];
  if (members.includes(text)) return true;
  const json = tryParseJson(text);
  if (json === undefined) return false;
  const canonical = canonicalText(json);
  return canonical !== undefined && [structured, ...members].some((one) => canonicalText(one) === canonical);
}

function canonicalText(json: Json): string | undefined {
  try {
    return canonicalJson(json);
  } catch {
    return undefined;
  }
}

/** Bytes that are not Base64 stay out of the result, with a warning: the tool has acted, and the rest of it is sound. */
async function partJson(
  part: JsonObject,
  name: string,
  ctx: Pick<ToolContext, 'saveArtifact' | 'log'>,
): Promise<JsonObject> {
  const saveBase64 = async (base64: string, type: Json | undefined): Promise<JsonObject> => {
    const mediaType = typeof type === 'string' && type !== '' ? type : 'application/octet-stream';
    let bytes: Uint8Array;
    try {
      bytes = decodeBase64(base64, MAX_MESSAGE_BYTES);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'BAD_INPUT') throw error;
      ctx.log('WARN', `The tool returned ${name} in invalid Base64, which is left out.`);
      return { media_type: mediaType };
    }
    const extension = EXTENSIONS[mediaType] ?? 'bin';
    return { ...(await ctx.saveArtifact(`${name.replace(/[^\w.-]/g, '_')}.${extension}`, mediaType, bytes)) };
  };
  const { type, data, resource } = part;
  if ((type === 'image' || type === 'audio') && typeof data === 'string') {
    return { type, ...(await saveBase64(data, part.mimeType)) };
  }
  if (type === 'resource' && isJsonObject(resource)) {
    const { blob, uri = null } = resource;
    if (typeof blob !== 'string') return { type, ...(toPlainJson(resource, name) as JsonObject) };
    return { type, source: uri, ...(await saveBase64(blob, resource.mimeType)) };
  }
  return toPlainJson(part, name) as JsonObject;
}

/** Copies a value from a server that is not trusted to JSON of limited depth and size. @throws Fault */
export function toPlainJson(value: unknown, where: string): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // The value was parsed from JSON, so only its depth can be the reason.
    if (!(error instanceof RangeError)) throw error;
  }
  if (text === undefined) throw new Fault('BAD_INPUT', `The result of ${where} is nested too deeply. Ask it for less.`);
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) {
    throw new Fault(
      'RESOURCE_TOO_LARGE',
      `The result of ${where} has more than ${MAX_MESSAGE_BYTES} bytes. Ask it for less at a time.`,
    );
  }
  return parseJson(text);
}
