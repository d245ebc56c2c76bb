/** Cells of the table that is walked for two files; past it lines are only counted, wherever they stand. */
const MAX_CELLS = 4_000_000;

export interface Changes {
  /** Lines that are new. */
  readonly plus: number;
  /** Lines that are gone. */
  readonly minus: number;
}

/** What a diff by lines would say in numbers: all lines but those of a longest common subsequence. */
export function countChanges(before: string, after: string): Changes {
  let [one, other] = [linesOf(before), linesOf(after)];
  const same = commonStart(one, other);
  [one, other] = [one.slice(same), other.slice(same)];
  const end = commonStart(one.toReversed(), other.toReversed());
  [one, other] = [one.slice(0, one.length - end), other.slice(0, other.length - end)];
  const kept = one.length * other.length > MAX_CELLS ? inBoth(one, other) : longestCommon(one, other);
  return { plus: other.length - kept, minus: one.length - kept };
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
function longestCommon(one: readonly string[], other: readonly string[]): number {
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

function inBoth(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of one) left.set(line, (left.get(line) ?? 0) + 1);
  let both = 0;
  for (const line of other) {
    const count = left.get(line) ?? 0;
    if (count > 0) both += 1;
    left.set(line, count - 1);
  }
  return both;
}
