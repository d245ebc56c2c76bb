import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { decodeBase64 } from '../../resources/content/decode-base64.ts';
import { truncateMessage } from './mcp-fault.ts';
import { MAX_MESSAGE_BYTES } from './transport.ts';

/** Ends of file names; a name is only for people. */
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

/**
 * What a tool made, as JSON: its structured content, or all its text and the parts of its content, in which artifacts of
 * the run stand for bytes.
 * @throws Fault BAD_INPUT when the tool says that it failed, RESOURCE_TOO_LARGE, UNAVAILABLE
 */
export async function toolResultJson(
  tool: string,
  result: CallToolResult,
  work: Pick<ToolContext, 'keep'>,
): Promise<Json> {
  const text = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (result.isError) {
    // Not retryable: MCP keeps this for failures that the caller has to look at, not for those of the connection.
    throw new Fault('BAD_INPUT', `The tool ${tool} failed: ${truncateMessage(text) || 'it does not say why'}`);
  }
  if (result.structuredContent) return toPlainJson(result.structuredContent, tool);
  const content: Json[] = [];
  for (const part of result.content) content.push(await partJson(part, `${tool}-${content.length + 1}`, work));
  return { text, content };
}

async function partJson(part: ContentBlock, name: string, work: Pick<ToolContext, 'keep'>): Promise<Json> {
  const keep = async (base64: string, mediaType = 'application/octet-stream'): Promise<JsonObject> => {
    const bytes = decodeBase64(base64, MAX_MESSAGE_BYTES);
    const ending = EXTENSIONS[mediaType] ?? 'bin';
    return { ...(await work.keep(`${name.replace(/[^\w.-]/g, '_')}.${ending}`, mediaType, bytes)) };
  };
  switch (part.type) {
    case 'image':
    case 'audio':
      return { type: part.type, ...(await keep(part.data, part.mimeType)) };
    case 'resource': {
      const { resource } = part;
      if (!('blob' in resource)) return { type: 'resource', ...(toPlainJson(resource, name) as JsonObject) };
      return { type: 'resource', source: resource.uri, ...(await keep(resource.blob, resource.mimeType)) };
    }
    default:
      return toPlainJson(part, name);
  }
}

/** What somebody else's server sent, as JSON that is neither too deep nor too large to be walked. @throws Fault */
export function toPlainJson(value: unknown, where: string): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // Of a value that was parsed from JSON, only its depth can be the reason.
    if (!(error instanceof RangeError)) throw error;
  }
  if (text === undefined) throw new Fault('BAD_INPUT', `What ${where} gives nests too deep.`);
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) {
    throw new Fault(
      'RESOURCE_TOO_LARGE',
      `${where} gives more than ${MAX_MESSAGE_BYTES} bytes. Ask it for less at a time.`,
    );
  }
  return parseJson(text);
}
