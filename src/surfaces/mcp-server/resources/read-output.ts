import { isUtf8 } from 'node:buffer';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { StepOutput } from '../../../core/run.ts';
import { type DownloadDeps, findDownload } from '../../../engine/requests/find-download.ts';

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

/** The text that the bytes are, where they are some. */
export function textOrUndefined(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
