import { createHash } from 'node:crypto';
import type { PythonResult } from '../core/python.ts';

type Files = PythonResult['produced'];

/** sha256 by path, before and after. */
export function pythonManifest(before: Files, after: Files): PythonResult['manifest'] {
  return { before: digests(before), after: digests(after) };
}

function digests(files: Files): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]));
}
