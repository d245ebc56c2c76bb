/** Where a step is in a text: its lines, from its dash to the dash of the next step or the end of the list. */
export interface StepPlace {
  /** Undefined while it has no ID. */
  readonly key: string | undefined;
  /** Its first and its last line, from 1. */
  readonly line: number;
  readonly lastLine: number;
  readonly from: number;
  readonly to: number;
}

const ID_PAIR = `"?id"?:[ \\t]*["']?([A-Za-z][\\w-]*)`;
const ID = new RegExp(`[{,]\\s*${ID_PAIR}`);
const FIRST_ID = new RegExp(`^${ID_PAIR}`);

/**
 * The steps of a text whose list is written as a block, found by the indentation of its lines: it is asked at each key, and therefore does not
 * read the text as YAML. Undefined where the list is written in another way.
 */
export function stepsOfText(text: string): readonly StepPlace[] | undefined {
  const head = /^steps:[ \t]*(?:#.*)?\r?$/m.exec(text);
  if (!head) return undefined;
  let line = text.slice(0, head.index).split('\n').length;
  let column = -1;
  const found: { line: number; lastLine: number; from: number; to: number }[] = [];
  let end = head.index + head[0].length + 1;
  for (let at = end; at < text.length; ) {
    const next = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at) + 1;
    line += 1;
    const content = text.slice(at, next).trimStart();
    const indent = next - at - content.length;
    const isNothing = content.trim() === '' || content.startsWith('#');
    if (!isNothing && column < 0) column = /^-\s/.test(content) ? indent : -2;
    if (column === -2) return undefined;
    if (!isNothing && indent === column && /^-\s/.test(content))
      found.push({ line, lastLine: line, from: at, to: next });
    else if (!isNothing && indent <= column) break;
    end = next;
    const last = found.at(-1);
    if (last) {
      last.to = end;
      // The line after the last break of the text has no characters.
      last.lastLine = end === text.length && text.endsWith('\n') ? line + 1 : line;
    }
    at = next;
  }
  return found.map((place) => ({ ...place, key: idOf(text.slice(place.from, place.to), column) }));
}

/** The ID of a step by its lines: in braces, or a key in the column of its first one. */
function idOf(lines: string, column: number): string | undefined {
  const first = /^-\s+/.exec(lines.slice(column))?.[0].length ?? 2;
  const keys = lines.slice(column + first);
  if (keys.startsWith('{')) return ID.exec(keys)?.[1];
  const own = FIRST_ID.exec(keys) ?? new RegExp(`^ {${column + first}}${ID_PAIR}`, 'm').exec(keys);
  return own?.[1];
}

interface StepLine {
  readonly key: string;
  /** From 1. */
  readonly line: number | null;
}

/** The step in which a line is, by the lines of the text; where they do not show it, by what the server found in an earlier text. */
export function stepAtLine(line: number, text: string, known: readonly StepLine[]): StepLine | undefined {
  const places = stepsOfText(text);
  if (!places) return known.findLast((one) => one.line !== null && one.line <= line);
  const place = places.findLast((one) => one.line <= line && line <= one.lastLine);
  return place?.key === undefined ? undefined : { key: place.key, line: place.line };
}

/** The line, from 1, on which a step begins, found in the same way. */
export function lineOfStep(text: string, key: string, known: readonly StepLine[]): number | undefined {
  const place = stepsOfText(text)?.find((one) => one.key === key);
  return place?.line ?? known.find((one) => one.key === key)?.line ?? undefined;
}
