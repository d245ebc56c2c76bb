import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ArtifactRemoval, ArtifactStore, ByteRange, StoredBytes } from '../../core/artifact-store.ts';
import { syncFolder } from '../../lib/system/sync-folder.ts';
import { isDigest, noSuchArtifact, readWhole, verified } from './artifact-bytes.ts';
import { createArtifactRemoval, restoreTrashed } from './artifact-removal.ts';
import { hashedCopy, hashFile } from './hashed-copy.ts';
import { createScratchFolder } from './scratch-folder.ts';
import { storageFault } from './storage-fault.ts';

const READ_BYTES = 256 * 1024;

/**
 * Artifacts in a folder: `ab/cd/abcd…` under the sha256 of their bytes, two levels so that no folder grows large. A
 * file appears under its digest by rename, complete and synced; its parent folders are synced before the call resolves.
 * Several nodes may share the folder: each has a separate folder in `scratch/`, which is emptied here.
 * @param node a name that is unique among the nodes that use the folder, the same at each start
 * @throws Fault UNAVAILABLE when the folder cannot be created.
 */
export async function createArtifactStore(folder: string, node = 'own'): Promise<ArtifactStore & ArtifactRemoval> {
  const root = resolve(folder);
  const pathOf = (digest: string) => join(root, digest.slice(0, 2), digest.slice(2, 4), digest);
  const scratchFolder = await withStorageFaults(async () => {
    const [scratch, created] = await createScratchFolder(join(root, 'scratch'), node);
    const top = created === undefined ? root : dirname(created);
    for (let each = root; each.length >= top.length && each !== dirname(each); each = dirname(each)) {
      await syncFolder(each);
    }
    await restoreTrashed(root, pathOf);
    return scratch;
  });

  const scratch = () => join(scratchFolder, randomUUID());

  /** Moves a synced file to its path; equal bytes that exist already stay. */
  const settle = async (path: string, stored: StoredBytes): Promise<StoredBytes> => {
    const target = pathOf(stored.digest);
    const folders = [dirname(target), dirname(dirname(target)), root];
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    // A different size under the same digest can only be damage, which the intact file replaces. The time of an existing
    // file is updated, so that it is not removed as unused; if it has just been removed, this file replaces it.
    const there = (await sizeOf(target)) === stored.size && (await updateModifiedTime(target));
    await (there ? rm(path) : rename(path, target));
    // Also when the file existed: the process that put it may not have synced yet. Syncing a clean folder costs almost nothing.
    for (const each of folders) await syncFolder(each);
    return stored;
  };

  /** Opens the file, has it filled or hashed, and moves it to its path. After any error, it is removed from scratch. */
  const take = (path: string, flags: string | number, work: (file: FileHandle) => Promise<StoredBytes>) =>
    withStorageFaults(async () => {
      try {
        const file = await open(path, flags, 0o600);
        const stored = await withFile(file, async () => {
          const done = await work(file);
          // A worker may have written it long ago.
          await file.utimes(new Date(), new Date());
          await seal(file);
          return done;
        });
        return await settle(path, stored);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    });

  const wholeFile = (digest: string, size: number) =>
    verified(digest, chunksOf(pathOf(digest), { start: 0, end: size - 1 }));

  return {
    ...createArtifactRemoval(root, pathOf),
    scratch,
    put: (bytes, options) => take(scratch(), 'wx', (file) => hashedCopy(bytes, file, options)),
    async adopt(path, { maxBytes }) {
      if (dirname(resolve(path)) !== scratchFolder) throw new TypeError('only a file in scratch() can be adopted');
      return await take(path, constants.O_RDWR | constants.O_NOFOLLOW, (file) => hashFile(file, maxBytes));
    },
    async open(digest, range) {
      const size = isDigest(digest) ? await sizeOf(pathOf(digest)) : undefined;
      if (size === undefined) throw noSuchArtifact();
      return range ? chunksOf(pathOf(digest), range) : wholeFile(digest, size);
    },
    async read(digest, maxBytes) {
      const size = isDigest(digest) ? await sizeOf(pathOf(digest)) : undefined;
      if (size === undefined) throw noSuchArtifact();
      return await readWhole({ size, chunks: wholeFile(digest, size) }, maxBytes);
    },
    has: async (digest) => isDigest(digest) && (await sizeOf(pathOf(digest))) !== undefined,
  };
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await withStorageFaults(() => stat(path).catch(ignoreErrors('ENOENT', 'ENOTDIR'))))?.size;
}

/** Opens the file when the first chunk is requested, so that an unread stream leaves nothing open. */
async function* chunksOf(path: string, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  const handle = await withStorageFaults(() => open(path, constants.O_RDONLY));
  try {
    for (let at = start; at <= end; ) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, end - at + 1));
      const { bytesRead } = await withStorageFaults(() => handle.read(chunk, 0, chunk.byteLength, at));
      if (bytesRead === 0) return;
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** False when the file no longer exists. */
async function updateModifiedTime(path: string): Promise<boolean> {
  const now = new Date();
  return (await utimes(path, now, now).then(() => true, ignoreErrors('ENOENT'))) ?? false;
}

/** Makes the file immutable and durable: read-only, and its bytes are on the disk. */
async function seal(handle: FileHandle): Promise<void> {
  await handle.chmod(0o400);
  await handle.sync();
}

async function withFile<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await handle.close();
  }
}

async function withStorageFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFault(error);
  }
}

function ignoreErrors(...codes: readonly string[]) {
  return (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}
