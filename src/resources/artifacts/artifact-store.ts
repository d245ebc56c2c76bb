import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ArtifactRemoval, ArtifactStore, ByteRange, StoredBytes } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import { createArtifactRemoval, restoreTrashed } from './artifact-removal.ts';
import { hashedCopy, hashFile } from './hashed-copy.ts';
import { createScratchFolder } from './scratch-folder.ts';
import { storageFault } from './storage-fault.ts';

const READ_BYTES = 256 * 1024;

/**
 * Artifacts in a folder: `ab/cd/abcd…` under the sha256 of their bytes, two levels so that no folder grows large. A
 * file appears under its digest by rename, whole and synced; the folders above it are synced before it is answered.
 * Several nodes may share the folder: each has a folder of its own in `scratch/`, which is emptied here.
 * @param node a name that no other node that uses the folder has, the same at each start
 * @throws Fault UNAVAILABLE when the folder cannot be made.
 */
export async function createArtifactStore(folder: string, node = 'own'): Promise<ArtifactStore & ArtifactRemoval> {
  const root = resolve(folder);
  const pathOf = (digest: string) => join(root, digest.slice(0, 2), digest.slice(2, 4), digest);
  const scratchFolder = await withStorageFaults(async () => {
    const [scratch, made] = await createScratchFolder(join(root, 'scratch'), node);
    const top = made === undefined ? root : dirname(made);
    for (let each = root; each.length >= top.length && each !== dirname(each); each = dirname(each)) {
      await syncFolder(each);
    }
    await restoreTrashed(root, pathOf);
    return scratch;
  });

  const scratch = () => join(scratchFolder, randomUUID());

  /** Moves a synced file to its place; equal bytes that are there already stay. */
  const settle = async (path: string, stored: StoredBytes): Promise<StoredBytes> => {
    const target = pathOf(stored.digest);
    const folders = [dirname(target), dirname(dirname(target)), root];
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    // Another size under the same digest can only be damage, which the sound file replaces. A file that is there is
    // made young, so that it is not removed as unused; when it has just been removed, this one takes its place.
    const there = (await sizeOf(target)) === stored.size && (await updateModifiedTime(target));
    await (there ? rm(path) : rename(path, target));
    // Also when it was there: whoever put it may not have come this far. Syncing a clean folder costs next to nothing.
    for (const each of folders) await syncFolder(each);
    return stored;
  };

  /** Opens the file, has it filled or hashed, and settles it. Whatever goes wrong, it is gone from scratch. */
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
      return chunksOf(pathOf(digest), range ?? { start: 0, end: size - 1 });
    },
    async read(digest, maxBytes) {
      const size = isDigest(digest) ? await sizeOf(pathOf(digest)) : undefined;
      if (size === undefined) throw noSuchArtifact();
      if (size > maxBytes) {
        throw new Fault('RESOURCE_TOO_LARGE', `The artifact has ${size} bytes; at most ${maxBytes} are read at once.`, {
          details: { size, maxBytes },
        });
      }
      return await withStorageFaults(() => readFile(pathOf(digest)));
    },
    has: async (digest) => isDigest(digest) && (await sizeOf(pathOf(digest))) !== undefined,
  };
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await withStorageFaults(() => stat(path).catch(ignoreErrors('ENOENT', 'ENOTDIR'))))?.size;
}

/** Opens when the first chunk is asked for: who never asks leaves nothing open. */
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

/** False when the file is not there any more. */
async function updateModifiedTime(path: string): Promise<boolean> {
  const now = new Date();
  return (await utimes(path, now, now).then(() => true, ignoreErrors('ENOENT'))) ?? false;
}

/** Immutable and durable: nobody may write to it any more, and its bytes are on the disk. */
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

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await withFile(handle, () => handle.sync());
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

function noSuchArtifact(): Fault {
  return new Fault('NOT_FOUND', 'There is no artifact with this digest. Run the step that makes it again.');
}
