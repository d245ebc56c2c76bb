import { createHash } from 'node:crypto';
import type { PythonResult } from '../../core/programs/python.ts';
import { measureBeneath, walkBeneath } from '../../lib/system/beneath.ts';

interface OutputLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

interface OutputFiles {
  readonly files: PythonResult['produced'];
  /** The folder exceeds the limits. */
  readonly truncated: boolean;
}

/**
 * The regular files of a folder that a program can write to, up to the limits. Bytes of a name that are not UTF-8 become
 * U+FFFD; names that are equal then get a number.
 */
export async function readOutputFiles(folder: string, limits: OutputLimits): Promise<OutputFiles> {
  const files: { path: string; bytes: Uint8Array }[] = [];
  let bytesLeft = limits.maxBytes;
  let entriesLeft = limits.maxFiles;
  const truncated = !(await walkBeneath(folder, async (file, path) => {
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
  return { files: withUniquePaths(files.toSorted((a, b) => (a.path < b.path ? -1 : 1))), truncated };
}

function withUniquePaths(files: PythonResult['produced']): PythonResult['produced'] {
  const taken = new Set(files.map(({ path }) => path));
  const seen = new Set<string>();
  return files.map(({ path, bytes }) => {
    let unique = path;
    for (let i = 2; seen.has(path) && taken.has(unique); i += 1) unique = `${path} (${i})`;
    seen.add(path);
    taken.add(unique);
    return { path: unique, bytes };
  });
}

/** True when the folder exceeds the limits. */
export async function exceedsLimits(folder: string, { maxBytes, maxFiles }: OutputLimits): Promise<boolean> {
  const use = await measureBeneath(folder, { bytes: maxBytes, files: maxFiles });
  return !use || use.bytes > maxBytes || use.files > maxFiles;
}

type Files = PythonResult['produced'];

/** sha256 by path, before and after. */
export function pythonManifest(before: Files, after: Files): PythonResult['manifest'] {
  return { before: digests(before), after: digests(after) };
}

function digests(files: Files): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]));
}
