import type { ContentBlock } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import { parseJson } from '../../../core/parse-json.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { StepOutput } from '../../../core/run.ts';
import { outputUri } from '../../../engine/outputs/output-json.ts';
import type { DownloadDeps } from '../../../engine/requests/find-download.ts';
import { isJsonObject, type JsonObject } from '../../../lib/json.ts';
import { MOST_BLOB_BYTES, MOST_TEXT_BYTES } from '../protocol/mcp-limits.ts';
import { readOutput, textOf } from '../resources/read-output.ts';

/** What an MCP result says of an output. */
export interface Content {
  readonly content: ContentBlock[];
  /** Where it is a JSON object. */
  readonly structured?: JsonObject;
}

/** JSON of a tool is part of its contract, so it is given whole. The engine takes no more from a tool. */
const MOST_STRUCTURED_BYTES = 8 * 2 ** 20;

/**
 * Text and small bytes as they are; the rest as a link, to be read as a resource.
 * @param whole its JSON is given however large it is, because the tool has said what its output looks like
 */
export async function contentOfOutput(
  deps: DownloadDeps,
  who: SignedIn,
  output: StepOutput,
  whole: boolean,
): Promise<Content> {
  const link = linkTo(output);
  if (output.size > (whole ? MOST_STRUCTURED_BYTES : MOST_BLOB_BYTES)) return { content: [link] };
  let bytes: Uint8Array;
  try {
    bytes = await readOutput(deps, who, output, MOST_STRUCTURED_BYTES);
  } catch (error) {
    // It was made all the same; the link says where it is for whoever may read it.
    if (error instanceof Fault) return { content: [link] };
    throw error;
  }
  const text = textOf(bytes);
  if (text === undefined) return { content: bytes.byteLength > MOST_BLOB_BYTES ? [link] : [blobOf(output, bytes)] };
  const fits = bytes.byteLength <= MOST_TEXT_BYTES;
  const structured = fits || whole ? objectOf(output, text) : undefined;
  return { content: [fits ? { type: 'text', text } : link], ...(structured && { structured }) };
}

function linkTo(output: StepOutput): ContentBlock {
  const { digest, mediaType, size } = output;
  return { type: 'resource_link', uri: outputUri(output), name: digest, mimeType: mediaType, size };
}

function blobOf(output: StepOutput, bytes: Uint8Array): ContentBlock {
  const { mediaType: mimeType } = output;
  const blob = Buffer.from(bytes).toString('base64');
  if (mimeType.startsWith('image/')) return { type: 'image', data: blob, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data: blob, mimeType };
  return { type: 'resource', resource: { uri: outputUri(output), mimeType, blob } };
}

function objectOf({ mediaType }: StepOutput, text: string): JsonObject | undefined {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(mediaType)) return undefined;
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A command may call text JSON that is none; it is told as the text that it is.
    return undefined;
  }
}
