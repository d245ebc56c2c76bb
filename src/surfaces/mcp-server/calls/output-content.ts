import type { ContentBlock } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import { parseJson, parseJsonToWrite } from '../../../core/parse-json.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { StepOutput } from '../../../core/run.ts';
import { outputUri } from '../../../engine/outputs/output-json.ts';
import type { DownloadDeps } from '../../../engine/requests/find-download.ts';
import { isJsonObject, type JsonObject } from '../../../lib/json.ts';
import { MAX_BLOB_BYTES, MAX_TEXT_BYTES } from '../protocol/mcp-limits.ts';
import { readOutput, textContents } from '../resources/read-output.ts';

/** What an MCP result says of an output. */
export interface ResultContent {
  readonly content: ContentBlock[];
  /** Where it is a JSON object. */
  readonly structured?: JsonObject;
}

/** JSON of a tool is part of its contract, so it is given whole. The engine takes no more from a tool. */
const MAX_STRUCTURED_BYTES = 8 * 2 ** 20;

/**
 * Text and small bytes as they are; the rest as a link, to be read as a resource.
 * @param whole its JSON is given however large it is, because the tool has said what its output looks like
 */
export async function outputContent(
  deps: DownloadDeps,
  who: SignedIn,
  output: StepOutput,
  whole: boolean,
): Promise<ResultContent> {
  const link = resourceLink(output);
  if (output.size > (whole ? MAX_STRUCTURED_BYTES : MAX_BLOB_BYTES)) return { content: [link] };
  let bytes: Uint8Array;
  try {
    bytes = await readOutput(deps, who, output, MAX_STRUCTURED_BYTES);
  } catch (error) {
    // The output exists nevertheless; callers with permission can read the link.
    if (error instanceof Fault) return { content: [link] };
    throw error;
  }
  const text = textContents(bytes, output.mediaType)?.text;
  if (text === undefined) return { content: bytes.byteLength > MAX_BLOB_BYTES ? [link] : [blobContent(output, bytes)] };
  const fits = bytes.byteLength <= MAX_TEXT_BYTES;
  const structured = fits || whole ? parseJsonObject(output, text) : undefined;
  return { content: [fits ? { type: 'text', text } : link], ...(structured && { structured }) };
}

function resourceLink(output: StepOutput): ContentBlock {
  const { digest, mediaType, size } = output;
  return { type: 'resource_link', uri: outputUri(output), name: digest, mimeType: mediaType, size };
}

function blobContent(output: StepOutput, bytes: Uint8Array): ContentBlock {
  const { mediaType: mimeType } = output;
  const blob = Buffer.from(bytes).toString('base64');
  if (mimeType.startsWith('image/')) return { type: 'image', data: blob, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data: blob, mimeType };
  return { type: 'resource', resource: { uri: outputUri(output), mimeType, blob } };
}

function parseJsonObject({ mediaType }: StepOutput, text: string): JsonObject | undefined {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(mediaType)) return undefined;
  try {
    // What it may be is checked first.
    parseJson(text);
    const value = parseJsonToWrite(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A command may declare text as JSON that is not JSON; it is returned as text.
    return undefined;
  }
}
