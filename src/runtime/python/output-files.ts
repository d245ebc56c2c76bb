import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import type { PythonResult } from '../../core/python.ts';

interface OutputLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

interface OutputFiles {
  readonly files: PythonResult['produced'];
  /** The folder exceeds the limits. */
  readonly truncated: boolean;
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The regular files of a folder that a program can write to, up to the limits. */
export async function readOutputFiles(folder: string, limits: OutputLimits): Promise<OutputFiles> {
  const files: { path: string; bytes: Uint8Array }[] = [];
  let bytesLeft = limits.maxBytes;
  let entriesLeft = limits.maxFiles;
  const truncated = !(await walk(folder, '', async (file, path) => {
    entriesLeft -= 1;
    if (!file) return entriesLeft >= 0;
    const { size } = await file.stat();
    bytesLeft -= size;
    if (bytesLeft < 0 || entriesLeft < 0) return false;
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    files.push({ path, bytes: bytes.subarray(0, bytesRead) });
    return true;
  }));
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), truncated };
}

/** True when the folder exceeds the limits. */
export async function exceedsLimits(folder: string, limits: OutputLimits): Promise<boolean> {
  let bytesLeft = limits.maxBytes;
  let entriesLeft = limits.maxFiles;
  return !(await walk(folder, '', async (file) => {
    entriesLeft -= 1;
    // Disk usage, not size: a file may have holes.
    bytesLeft -= file ? (await file.stat()).blocks * 512 : 0;
    return bytesLeft >= 0 && entriesLeft >= 0;
  }));
}

/**
 * Visits everything below, until a visit returns false. Each folder is opened relative to its parent, never by a path from
 * the top, so that replacing a folder by a symbolic link meanwhile cannot lead out.
 */
async function walk(
  folder: string,
  prefix: string,
  visit: (file: FileHandle | undefined, path: string) => Promise<boolean>,
): Promise<boolean> {
  const opened = await tryOpen(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return true;
  try {
    const here = `/proc/self/fd/${opened.fd}`;
    for (const entry of await readdir(here, { withFileTypes: true })) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) {
        if (!(await visit(undefined, path))) return false;
        if (!(await walk(`${here}/${entry.name}`, `${path}/`, visit))) return false;
      } else if (entry.isFile()) {
        const file = await tryOpen(`${here}/${entry.name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        try {
          if (file && (await file.stat()).isFile() && !(await visit(file, path))) return false;
        } finally {
          await file?.close();
        }
      }
    }
    return true;
  } finally {
    await opened.close();
  }
}

/** Undefined for an entry that no longer exists, or was replaced. */
async function tryOpen(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch {
    return undefined;
  }
}

type Files = PythonResult['produced'];

/** sha256 by path, before and after. */
export function pythonManifest(before: Files, after: Files): PythonResult['manifest'] {
  return { before: digests(before), after: digests(after) };
}

function digests(files: Files): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]));
}
