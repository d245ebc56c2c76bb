import type { TextFile } from '../files/text-file.ts';
import { countChanges } from './count-changes.ts';

/** How one set of files differs from an earlier one. */
export interface FilesDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Of every file that is not the same. */
  readonly summary: readonly { readonly path: string; readonly plus: number; readonly minus: number }[];
}

export function diffFiles(before: readonly TextFile[], after: readonly TextFile[]): FilesDiff {
  const old = textsOf(before);
  const present = textsOf(after);
  const added = [...present.keys()].filter((path) => !old.has(path));
  const removed = [...old.keys()].filter((path) => !present.has(path));
  const changed = [...present].filter(([path, text]) => old.has(path) && old.get(path) !== text).map(([path]) => path);
  const summary = [...added, ...changed, ...removed]
    .sort()
    .map((path) => ({ path, ...countChanges(old.get(path) ?? '', present.get(path) ?? '') }));
  return { added, changed, removed, summary };
}

function textsOf(files: readonly TextFile[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, text }) => [path, text]));
}
