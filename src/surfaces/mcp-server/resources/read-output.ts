import { isUtf8 } from 'node:buffer';
import { withDeclaredCharset } from '../../../commands/conversion/text-decoder.ts';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { StepOutput } from '../../../core/run.ts';
import { type DownloadDeps, findDownload } from '../../../engine/requests/find-download.ts';
import { charsetOf, isTextual, mediaTypeInUtf8 } from '../../../lib/media-type.ts';
import { decodeText } from '../../../resources/content/decode-text.ts';

/** The bytes of an output, as the caller may read them. @throws Fault NOT_FOUND, FORBIDDEN, RESOURCE_TOO_LARGE */
export async function readOutput(
  deps: DownloadDeps,
  who: SignedIn,
  output: StepOutput,
  mostBytes: number,
): Promise<Uint8Array> {
  if (output.text !== undefined) return Buffer.from(output.text);
  return (await readArtifact(deps, who, output.digest, mostBytes)).bytes;
}

/** Stored bytes by their digest. @throws Fault as `readOutput` does */
export async function readArtifact(
  deps: DownloadDeps,
  who: SignedIn,
  digest: string,
  mostBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string }> {
  const { mediaType, size, open } = await findDownload(deps, who, digest);
  if (size > mostBytes) {
    const message = `These are ${size} bytes, and ${mostBytes} fit here. Download them from /artifacts/${digest}, with the same token.`;
    throw new Fault('RESOURCE_TOO_LARGE', message);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of await open()) chunks.push(chunk);
  return { bytes: Buffer.concat(chunks), mediaType };
}

/** Bytes as text, with the media type of that text in UTF-8. Undefined if they are not text in their charset. */
export function textContents(
  bytes: Uint8Array,
  mediaType: string,
): { readonly text: string; readonly mimeType: string } | undefined {
  const declared = withDeclaredCharset(mediaType, bytes);
  if (!isUtf8(bytes) && !(isTextual(mediaType) && charsetOf(declared))) return undefined;
  let text: string;
  try {
    text = decodeText(bytes, isTextual(mediaType) ? declared : 'text/plain');
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
  return text.includes('\0') ? undefined : { text, mimeType: mediaTypeInUtf8(mediaType, text) };
}
