import { isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';

/** Where a step is in a text: its lines, from its dash to the dash of the next step or the end of the list. */
export interface StepPlace {
  readonly key: string;
  /** Its first and its last line, from 1. */
  readonly line: number;
  readonly lastLine: number;
  readonly from: number;
  readonly to: number;
}

const ID = /(?:^|[{,])[ \t]*"?id"?:[ \t]*["']?([A-Za-z][\w-]*)/;

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
  return found.flatMap((place) => {
    const key = idOf(text.slice(place.from, place.to), column);
    return key === undefined ? [] : [{ ...place, key }];
  });
}

/** The ID of a step by its lines: in braces, or a key in the column of its first one. */
function idOf(lines: string, column: number): string | undefined {
  const first = /^-\s+/.exec(lines.slice(column))?.[0].length ?? 2;
  const keys = lines.slice(column + first);
  if (keys.startsWith('{')) return ID.exec(keys)?.[1];
  const pad = ' '.repeat(column + first);
  const line = `${pad}${keys}`.split('\n').find((one) => one.startsWith(`${pad}id:`) || one.startsWith(`${pad}"id":`));
  return line === undefined ? undefined : ID.exec(line)?.[1];
}

interface StepLine {
  readonly key: string;
  /** From 1. */
  readonly line: number | null;
}

/** The step in which a line is, by the lines of the text; where they do not show it, by what the server found in an earlier text. */
export function stepAtLine(line: number, text: string, known: readonly StepLine[]): string | undefined {
  const places = stepsOfText(text);
  if (places) return places.findLast((one) => one.line <= line && line <= one.lastLine)?.key;
  return known.findLast((one) => one.line !== null && one.line <= line)?.key;
}

/** The line, from 1, on which a step begins. */
export function lineOfStep(text: string, key: string): number | undefined {
  const place = stepsOfText(text)?.find((one) => one.key === key);
  if (place) return place.line;
  const lines = new LineCounter();
  const document = parseDocument(text, { logLevel: 'silent', lineCounter: lines });
  const list = document.get('steps');
  if (!isSeq(list)) return undefined;
  const step = list.items.find((node) => isMap(node) && node.get('id') === key);
  return isNode(step) && step.range ? lines.linePos(step.range[0]).line : undefined;
}
