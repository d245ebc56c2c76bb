import type { LogRow } from '../../../../sdk/src/react/index.ts';
import { lowerAscii, plainText } from './line-text.ts';

/** The `seq` of each line that has a text, in order. */
export type LogSearch = (lines: readonly LogRow[]) => readonly number[];

/** Searches lines for a text. A log grows at its ends, often: lines that were searched are not searched again. */
export function createSearch(find: string): LogSearch {
  const word = lowerAscii(find);
  const matchesOf = (lines: readonly LogRow[]) =>
    lines.filter(({ text }) => lowerAscii(plainText(text)).includes(word)).map(({ seq }) => seq);
  let searched: { readonly first: number; readonly last: number; readonly matches: readonly number[] } | undefined;

  return (lines) => {
    const first = lines.at(0)?.seq;
    const last = lines.at(-1)?.seq;
    if (find === '' || first === undefined || last === undefined) return [];
    if (!searched || first > searched.last || last < searched.last) {
      searched = { first, last, matches: matchesOf(lines.slice()) };
    }
    // The oldest lines were dropped, or the log was read again.
    if (first > searched.first) {
      searched = { ...searched, first, matches: searched.matches.filter((seq) => seq >= first) };
    }
    if (first < searched.first || last > searched.last) {
      const older = matchesOf(lines.slice(0, indexOfSeq(lines, searched.first)));
      const newer = matchesOf(lines.slice(indexOfSeq(lines, searched.last + 1)));
      const isSame = older.length === 0 && newer.length === 0;
      searched = { first, last, matches: isSame ? searched.matches : [...older, ...searched.matches, ...newer] };
    }
    return searched.matches;
  };
}

/** The index of the first line with this `seq` or a greater one; the number of lines if all are smaller. */
export function indexOfSeq(lines: readonly LogRow[], seq: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines.at(middle)?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
