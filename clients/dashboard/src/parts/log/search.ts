import { lowerAscii, plainText } from './line-text.ts';
import type { LogRow } from './log-window.ts';
import { indexIn, indexOfSeq } from './seq-index.ts';

/** The `seq` of each line that has a text, in order. */
export type LogSearch = (lines: readonly LogRow[]) => readonly number[];

/** Searches lines for a text. A log grows and shrinks at its ends, often: lines that were searched are not searched again. */
export function createSearch(find: string): LogSearch {
  const word = lowerAscii(find);
  const matchesOf = (lines: readonly LogRow[]) =>
    lines.filter(({ text }) => lowerAscii(plainText(text)).includes(word)).map(({ seq }) => seq);
  let searched: { readonly first: number; readonly last: number; readonly matches: readonly number[] } | undefined;

  return (lines) => {
    const first = lines.at(0)?.seq;
    const last = lines.at(-1)?.seq;
    if (find === '' || first === undefined || last === undefined) return [];
    if (searched?.first === first && searched.last === last) return searched.matches;
    if (!searched || first > searched.last || last < searched.first) {
      searched = { first, last, matches: matchesOf(lines) };
      return searched.matches;
    }
    const older = matchesOf(lines.slice(0, indexOfSeq(lines, searched.first)));
    const kept = searched.matches.slice(indexIn(searched.matches, first), indexIn(searched.matches, last + 1));
    const newer = matchesOf(lines.slice(indexOfSeq(lines, searched.last + 1)));
    searched = { first, last, matches: [...older, ...kept, ...newer] };
    return searched.matches;
  };
}
