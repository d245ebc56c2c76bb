import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { decodeBase64 } from '../../resources/content/decode-base64.ts';
import { truncateMessage } from './mcp-fault.ts';
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

/**
 * The result of a tool as JSON: its structured content, or its text and the parts of its content, with bytes replaced by
 * artifacts of the run.
 * @throws Fault BAD_INPUT when the tool reports a failure, RESOURCE_TOO_LARGE, UNAVAILABLE
 */
export async function toolResultJson(
  tool: string,
  result: CallToolResult,
  ctx: Pick<ToolContext, 'saveArtifact'>,
): Promise<Json> {
  const text = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (result.isError) {
    // Not retryable: MCP uses this for failures that the caller must handle, not for those of the connection.
    throw new Fault('BAD_INPUT', `The tool ${tool} failed: ${truncateMessage(text) || 'it gave no reason'}`);
  }
  if (result.structuredContent) return toPlainJson(result.structuredContent, tool);
  const content: Json[] = [];
  for (const part of result.content) content.push(await partJson(part, `${tool}-${content.length + 1}`, ctx));
  return { text, content };
}

async function partJson(part: ContentBlock, name: string, ctx: Pick<ToolContext, 'saveArtifact'>): Promise<Json> {
  const saveBase64 = async (base64: string, mediaType = 'application/octet-stream'): Promise<JsonObject> => {
    const bytes = decodeBase64(base64, MAX_MESSAGE_BYTES);
    const extension = EXTENSIONS[mediaType] ?? 'bin';
    return { ...(await ctx.saveArtifact(`${name.replace(/[^\w.-]/g, '_')}.${extension}`, mediaType, bytes)) };
  };
  switch (part.type) {
    case 'image':
    case 'audio':
      return { type: part.type, ...(await saveBase64(part.data, part.mimeType)) };
    case 'resource': {
      const { resource } = part;
      if (!('blob' in resource)) return { type: 'resource', ...(toPlainJson(resource, name) as JsonObject) };
      return { type: 'resource', source: resource.uri, ...(await saveBase64(resource.blob, resource.mimeType)) };
    }
    default:
      return toPlainJson(part, name);
  }
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
