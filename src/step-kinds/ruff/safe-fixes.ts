import type { Diagnostic } from '@astral-sh/ruff-wasm-nodejs';

/** Rules whose fixes do not change behavior: unused or unsorted imports, f-strings without placeholders. */
const SAFE_RULES = new Set(['F401', 'F541', 'I001']);
/** Each round fixes one finding. */
const MAX_ROUNDS = 50;

/** Applies ruff's fixes for the safe rules one after the other, because each moves the text after it. */
export function applySafeFixes(text: string, check: (text: string) => readonly Diagnostic[]): string {
  let fixed = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = check(fixed).find(({ code, fix }) => fix && code !== null && SAFE_RULES.has(code))?.fix;
    if (!next) return fixed;
    fixed = applyEdits(fixed, next.edits);
  }
  return fixed;
}

type Edits = NonNullable<Diagnostic['fix']>['edits'];

function applyEdits(text: string, edits: Edits): string {
  const starts = lineStarts(text);
  const at = ({ row, column }: { row: number; column: number }) => (starts[row - 1] ?? text.length) + column - 1;
  return edits
    .map(({ content, location, end_location }) => ({ content, from: at(location), to: at(end_location) }))
    .sort((one, other) => other.from - one.from)
    .reduce((result, { content, from, to }) => result.slice(0, from) + (content ?? '') + result.slice(to), text);
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
