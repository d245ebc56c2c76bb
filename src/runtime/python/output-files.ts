import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import type { PythonResult } from '../../core/python.ts';

export interface OutputLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export interface OutputFiles {
  readonly files: PythonResult['produced'];
  /** There is more than the limits let through. */
  readonly truncated: boolean;
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The regular files of a folder that a program could write to, as far as the limits go. */
export async function readOutputFiles(folder: string, limits: OutputLimits): Promise<OutputFiles> {
  const files: { path: string; bytes: Uint8Array }[] = [];
  let room = limits.maxBytes;
  let entries = limits.maxFiles;
  const more = !(await walk(folder, '', async (file, path) => {
    entries -= 1;
    if (!file) return entries >= 0;
    const { size } = await file.stat();
    room -= size;
    if (room < 0 || entries < 0) return false;
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    files.push({ path, bytes: bytes.subarray(0, bytesRead) });
    return true;
  }));
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), truncated: more };
}

/** True when there is more in the folder than the limits let through. */
export async function exceedsLimits(folder: string, limits: OutputLimits): Promise<boolean> {
  let room = limits.maxBytes;
  let entries = limits.maxFiles;
  return !(await walk(folder, '', async (file) => {
    entries -= 1;
    // What is on the disk, and not what is said: a file may have holes.
    room -= file ? (await file.stat()).blocks * 512 : 0;
    return room >= 0 && entries >= 0;
  }));
}

/**
 * Visits everything below, until a visit gives false. Each folder is opened and gone on from there, never by a path from
 * the top, so that nobody who exchanges a folder for a symbolic link meanwhile leads it out.
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

/** Undefined for what is no longer there, or became something else. */
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
