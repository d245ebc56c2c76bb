import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ArtifactRemoval, ArtifactStore, StoredBytes } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import type { S3Client } from '../s3/s3-client.ts';
import { S3Refusal, withS3Faults } from '../s3/s3-fault.ts';
import { listPage } from '../s3/s3-listing.ts';
import { getPiece, putObject } from '../s3/s3-objects.ts';
import { isDigest, noSuchArtifact, readWhole, verified } from './artifact-bytes.ts';
import { hashedCopy, hashFile } from './hashed-copy.ts';
import { createS3Removal } from './s3-removal.ts';
import { createScratchFolder } from './scratch-folder.ts';
import { storageFault } from './storage-fault.ts';

/** Of a request while a reader takes its time: no connection waits for it, and this much memory does. */
const PIECE_BYTES = 1024 * 1024;
/** What S3 takes in one request. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

export interface S3ArtifactsOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  /** Folder for temporary files. Nodes may share it. */
  readonly scratchFolder: string;
  /** A name that is unique among the nodes that use the folder, the same at each start. */
  readonly node: string;
}

/**
 * Artifacts in a bucket: `PREFIXab/cd/abcd…`, as in a folder, so that `aws s3 sync` moves them from one to the other. What is
 * put is first complete in a temporary file, unless it is in memory, and then sent in one request whose digest S3 verifies:
 * an object is whole when it exists.
 * @throws Fault UNAVAILABLE when the bucket cannot be used
 */
export async function createS3Artifacts(options: S3ArtifactsOptions): Promise<ArtifactStore & ArtifactRemoval> {
  const { client, bucket, prefix, scratchFolder, node } = options;
  const keyOf = (digest: string) => `${prefix}${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
  const locationOf = (digest: string) => ({ bucket, key: keyOf(digest) });
  const [scratchPath] = await createScratchFolder(scratchFolder, node);
  const removal = createS3Removal({ client, bucket, prefix, keyOf });
  await withS3Faults(() => listPage(client, { bucket, prefix, max: 1 }));

  const scratch = () => join(scratchPath, randomUUID());

  const upload = async (stored: StoredBytes, body: Uint8Array | string, signal?: AbortSignal): Promise<StoredBytes> => {
    const { digest: sha256, size } = stored;
    if (size > MAX_OBJECT_BYTES) {
      const message = `An artifact on S3 may have at most ${MAX_OBJECT_BYTES} bytes; this has ${size}. Split it.`;
      throw new Fault('RESOURCE_TOO_LARGE', message, { details: { maxBytes: MAX_OBJECT_BYTES } });
    }
    const content = typeof body === 'string' ? { file: body, size } : body;
    await removal.keep(sha256, () =>
      putObject(client, locationOf(sha256), content, { sha256, ...(signal && { signal }) }),
    );
    return stored;
  };

  /** Has the file filled or hashed, sends it, and removes it. */
  const take = async (
    path: string,
    flags: string | number,
    { work, signal }: { work: (file: FileHandle) => Promise<StoredBytes>; signal?: AbortSignal | undefined },
  ): Promise<StoredBytes> => {
    try {
      const file = await open(path, flags, 0o600);
      const stored = await work(file).finally(() => file.close());
      return await withS3Faults(() => upload(stored, path, signal));
    } catch (error) {
      throw storageFault(error);
    } finally {
      await rm(path, { force: true });
    }
  };

  const pieceOf = (digest: string, start: number, end: number) =>
    withS3Faults(() =>
      getPiece(client, locationOf(digest), { start, end }).catch((error: unknown) => {
        if (error instanceof S3Refusal && error.status === 404 && error.code !== 'NoSuchBucket') throw noSuchArtifact();
        throw error;
      }),
    );

  async function* piecesOf(digest: string, first: Uint8Array, at: number, end: number): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first;
    for (let start = at + first.length; start <= end; ) {
      const { bytes } = await pieceOf(digest, start, Math.min(end, start + PIECE_BYTES - 1));
      if (bytes.length === 0) return;
      yield bytes;
      start += bytes.length;
    }
  }

  const begin = async (digest: string, start: number, end: number) => {
    if (!isDigest(digest)) throw noSuchArtifact();
    const { bytes, size } = await pieceOf(digest, start, Math.min(end, start + PIECE_BYTES - 1));
    return { size, chunks: piecesOf(digest, bytes, start, Math.min(end, size - 1)) };
  };
  const beginWhole = async (digest: string) => {
    const { size, chunks } = await begin(digest, 0, Number.MAX_SAFE_INTEGER);
    return { size, chunks: verified(digest, chunks) };
  };

  return {
    ...removal,
    scratch,
    put: (bytes, options) =>
      bytes instanceof Uint8Array && bytes.length <= PIECE_BYTES
        ? withS3Faults(async () => upload(await hashedCopy(bytes, undefined, options), bytes, options.signal))
        : take(scratch(), 'wx', { work: (file) => hashedCopy(bytes, file, options), signal: options.signal }),
    async adopt(path, { maxBytes }) {
      if (dirname(resolve(path)) !== scratchPath) throw new TypeError('only a file in scratch() can be adopted');
      return await take(path, constants.O_RDONLY | constants.O_NOFOLLOW, { work: (file) => hashFile(file, maxBytes) });
    },
    open: async (digest, range) =>
      (range ? await begin(digest, range.start, range.end) : await beginWhole(digest)).chunks,
    read: async (digest, maxBytes) => readWhole(await beginWhole(digest), maxBytes),
    has: (digest) =>
      begin(digest, 0, 0).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Fault && error.code === 'NOT_FOUND') return false;
          throw error;
        },
      ),
  };
}
