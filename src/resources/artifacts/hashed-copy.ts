import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { abortable, abortFault } from '../../core/abort.ts';
import type { StoredBytes } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';

/** Hashed and written in pieces of at most this, so that a large buffer does not hold up the event loop. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Writes the bytes to an empty file, if there is one, and hashes them on the way. Asks for the next chunk when the last is written.
 * @throws Fault RESOURCE_TOO_LARGE past `maxBytes`, CANCELLED or TIMEOUT when the signal is aborted, the disk's own
 *   error, or what the source throws.
 */
export async function hashedCopy(
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  file: FileHandle | undefined,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal },
): Promise<StoredBytes> {
  const hash = createHash('sha256');
  let size = 0;
  const chunks = bytes instanceof Uint8Array ? [bytes] : signal ? abortable(bytes, signal) : bytes;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      if (signal?.aborted) throw abortFault(signal);
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      if (size + piece.length > maxBytes) throw tooLarge(maxBytes);
      hash.update(piece);
      if (file) await writeAll(file, piece);
      size += piece.length;
    }
  }
  return { digest: hash.digest('hex'), size };
}

/** Hashes a file from its beginning. @throws Fault RESOURCE_TOO_LARGE */
export async function hashFile(file: FileHandle, maxBytes: number): Promise<StoredBytes> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new TypeError('only a regular file can be hashed');
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let size = 0;
  for (;;) {
    if (Math.max(size, stats.size) > maxBytes) throw tooLarge(maxBytes);
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, size);
    if (bytesRead === 0) return { digest: hash.digest('hex'), size };
    hash.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
}

/** The system may write less than it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}

function tooLarge(maxBytes: number): Fault {
  return new Fault('RESOURCE_TOO_LARGE', `An artifact may have at most ${maxBytes} bytes; this is larger. Split it.`, {
    details: { maxBytes },
  });
}
