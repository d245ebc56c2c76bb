import { diffLines } from 'diff';

/** A line of a comparison, with its numbers in both texts. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** From 1. */
  readonly before?: number;
  readonly after?: number;
}

/** Lines that follow each other: those that are shown, and those that are alike and far from a change. */
export interface DiffSection {
  readonly folded: boolean;
  readonly lines: readonly DiffLine[];
}

/** Lines that are shown around a change. */
const CONTEXT = 3;
/** Fewer lines are not folded: the fold would be as high as they are. */
const MIN_FOLDED = 3;

/** Two texts compared by lines. A missing line break at the end is no change. */
export function compareLines(before: string, after: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let old = 0;
  let current = 0;
  for (const change of diffLines(ended(before), ended(after))) {
    for (const text of change.value.split('\n').slice(0, -1)) {
      if (!change.added) old += 1;
      if (!change.removed) current += 1;
      lines.push({
        kind: change.added ? 'added' : change.removed ? 'removed' : 'same',
        text,
        ...(!change.added && { before: old }),
        ...(!change.removed && { after: current }),
      });
    }
  }
  return lines;
}

const ended = (text: string) => {
  const unix = text.replaceAll('\r\n', '\n');
  return unix === '' || unix.endsWith('\n') ? unix : `${unix}\n`;
};

/** The lines in sections: what is far from any change is folded. */
export function foldUnchanged(lines: readonly DiffLine[]): readonly DiffSection[] {
  const near = lines.map(() => false);
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') near.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const sections: { folded: boolean; lines: DiffLine[] }[] = [];
  lines.forEach((line, index) => {
    const folded = near[index] === false;
    const last = sections.at(-1);
    if (last?.folded === folded) last.lines.push(line);
    else sections.push({ folded, lines: [line] });
  });
  return sections.map((section) => (section.lines.length < MIN_FOLDED ? { ...section, folded: false } : section));
}
