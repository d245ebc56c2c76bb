import { createHash } from 'node:crypto';
import { Fault } from '../../core/errors.ts';

export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * The chunks of a whole artifact, the last one only when all of them have its digest.
 * @throws Fault UNAVAILABLE when they have another
 */
export async function* verified(digest: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (held) yield held;
    hash.update(chunk);
    held = chunk;
  }
  if (hash.digest('hex') !== digest) {
    throw new Fault(
      'UNAVAILABLE',
      'The stored bytes of this artifact are damaged. Ask the operator to restore a backup, or run the step again.',
    );
  }
  if (held) yield held;
}

/** All bytes of an artifact. @throws Fault RESOURCE_TOO_LARGE, and as `verified` */
export async function readWhole(
  { size, chunks }: { readonly size: number; readonly chunks: AsyncIterable<Uint8Array> },
  maxBytes: number,
): Promise<Uint8Array> {
  if (size > maxBytes) {
    throw new Fault('RESOURCE_TOO_LARGE', `The artifact has ${size} bytes; at most ${maxBytes} are read at once.`, {
      details: { size, maxBytes },
    });
  }
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

export function noSuchArtifact(): Fault {
  return new Fault('NOT_FOUND', 'No artifact has this digest. Run the step that creates it again.');
}
