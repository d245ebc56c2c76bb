import type { TextFile } from '../files/file-ref.ts';

/** Limit of the table for two files. Above it, lines are compared only by count, not by position. */
const MAX_CELLS = 4_000_000;

export interface LineChanges {
  /** Added lines. */
  readonly plus: number;
  /** Removed lines. */
  readonly minus: number;
}

/** Counts the lines of a diff: all lines except those of a longest common subsequence. */
export function countChanges(before: string, after: string): LineChanges {
  let [one, other] = [linesOf(before), linesOf(after)];
  const same = commonStart(one, other);
  [one, other] = [one.slice(same), other.slice(same)];
  const end = commonStart(one.toReversed(), other.toReversed());
  [one, other] = [one.slice(0, one.length - end), other.slice(0, other.length - end)];
  const common =
    one.length * other.length > MAX_CELLS ? countSharedLines(one, other) : commonSubsequenceLength(one, other);
  return { plus: other.length - common, minus: one.length - common };
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let same = 0;
  while (same < one.length && same < other.length && one[same] === other[same]) same += 1;
  return same;
}

/** Length of a longest common subsequence, row by row. */
function commonSubsequenceLength(one: readonly string[], other: readonly string[]): number {
  let row = new Uint32Array(other.length + 1);
  for (const line of one) {
    const next = new Uint32Array(other.length + 1);
    for (let i = 0; i < other.length; i += 1) {
      next[i + 1] = line === other[i] ? (row[i] ?? 0) + 1 : Math.max(row[i + 1] ?? 0, next[i] ?? 0);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

function countSharedLines(one: readonly string[], other: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of one) counts.set(line, (counts.get(line) ?? 0) + 1);
  let shared = 0;
  for (const line of other) {
    const count = counts.get(line) ?? 0;
    if (count > 0) shared += 1;
    counts.set(line, count - 1);
  }
  return shared;
}

/** Differences between a set of files and an earlier one. */
export interface FilesDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Line counts of every file that differs. */
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
