import { isMap, isScalar, isSeq, Lexer, type Pair, parse, type YAMLMap, type YAMLSeq } from 'yaml';

/** Characters of a text that are replaced. Several of one edit do not overlap. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export const insertion = (at: number, insert: string): TextChange => ({ from: at, to: at, insert });

const removal = (from: number, to: number): TextChange => ({ from, to, insert: '' });

/** The text with its changes. */
export function changedText(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.from - a.from)
    .reduce((result, { from, to, insert }) => result.slice(0, from) + insert + result.slice(to), text);
}

interface Comment {
  readonly from: number;
  readonly source: string;
}

/** The comments of a text, in its order. */
export function commentsOf(text: string): readonly Comment[] {
  const comments: Comment[] = [];
  let from = 0;
  for (const source of new Lexer().lex(text)) {
    // Marks of the lexer that are not in the text.
    if (source === '\u0002' || source === '\u0018' || source === '\u001f') continue;
    if (source.startsWith('#')) comments.push({ from, source });
    from += source.length;
  }
  return comments;
}

/** Where a node is, without its anchor and tag: begin, end, and end with the spaces and the comment after it. */
export const rangeOf = (node: unknown) =>
  (node as { readonly range?: readonly [number, number, number] } | null | undefined)?.range;

export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

const isQuoted = (node: unknown) => isScalar(node) && node.type === 'QUOTE_DOUBLE';

interface ItemTokens {
  readonly start?: readonly { readonly type: string; readonly offset: number }[];
  readonly sep?: readonly { readonly type: string; readonly offset: number }[];
}

const tokensOf = (parent: YAMLMap | YAMLSeq) =>
  (parent.srcToken as { readonly items?: readonly ItemTokens[] } | undefined)?.items ?? [];

/** Where the dash of an item of a block list is. */
export const dashOf = (list: YAMLSeq, index: number) =>
  tokensOf(list)[index]?.start?.find(({ type }) => type === 'seq-item-ind')?.offset;

const colonOf = (map: YAMLMap, index: number) =>
  tokensOf(map)[index]?.sep?.find(({ type }) => type === 'map-value-ind')?.offset;

const beginOfLine = (text: string, offset: number) => text.lastIndexOf('\n', offset - 1) + 1;

export const columnOf = (text: string, offset: number) => offset - beginOfLine(text, offset);

/** The end of the line on which what ends here has its last character. */
export function endOfLine(text: string, end: number): number {
  const last = text.slice(0, end).trimEnd().length;
  const next = text.indexOf('\n', last);
  if (next < 0) return text.length;
  return text[next - 1] === '\r' ? next - 1 : next;
}

/** Removes an item of a list or a pair of a map; comments stay. Undefined where its place is not known. */
export function memberRemovals(
  text: string,
  parent: YAMLMap | YAMLSeq,
  index: number,
): readonly TextChange[] | undefined {
  const [start, end] = rangeOfMember(parent, index) ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (parent.flow) return flowRemovals(text, parent, index, start, end);
  const begin = isSeq(parent) ? (dashOf(parent, index) ?? start) : start;
  return lineRemovals(text, begin, end, rangeOfMember(parent, index + 1)?.[0]);
}

/** Removes an item of a list with its lines, and what is in them. */
export function itemRemoval(text: string, list: YAMLSeq, index: number): readonly TextChange[] | undefined {
  const [start, end] = rangeOfMember(list, index) ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (list.flow) return flowRemovals(text, list, index, start, end);
  const dash = dashOf(list, index) ?? start;
  const from = beginOfLine(text, dash);
  const next = text.indexOf('\n', endOfLine(text, end));
  // The text may end without a break: then the break before the item goes.
  return [next < 0 ? removal(Math.max(0, from - 1), text.length) : removal(from, next + 1)];
}

function rangeOfMember(parent: YAMLMap | YAMLSeq, index: number): readonly [number, number] | undefined {
  const member = parent.items[index];
  if (!isMap(parent)) return rangeOf(member) as readonly [number, number] | undefined;
  const { key, value } = (member ?? {}) as Partial<Pair>;
  const start = rangeOf(key)?.[0];
  const colon = colonOf(parent, index);
  const end = Math.max(rangeOf(value)?.[1] ?? 0, rangeOf(key)?.[1] ?? 0, colon === undefined ? 0 : colon + 1);
  return start === undefined ? undefined : [start, end];
}

function flowRemovals(text: string, parent: YAMLMap | YAMLSeq, index: number, start: number, end: number) {
  // Its comma is before it, or before the next one if it is the first. What is between may be a comment.
  const comma = tokensOf(parent)[index === 0 ? 1 : index]?.start?.find(({ type }) => type === 'comma')?.offset;
  if (comma === undefined) return [removal(start, end)];
  const [first, second] = index === 0 ? [start, comma + 1] : [spacesBefore(text, comma), end];
  const between = index === 0 ? text.slice(end, comma) : text.slice(comma + 1, start);
  if (between.trim() === '') return [removal(first, index === 0 ? spacesAfter(text, second) : second)];
  return [removal(start, end), removal(comma, comma + 1)];
}

/** Removes the lines of a member; of a line with a comment, what is before the comment. */
function lineRemovals(text: string, start: number, end: number, next: number | undefined): readonly TextChange[] {
  const last = endOfLine(text, end);
  const comments = commentsOf(text.slice(start, last)).map(({ from, source }) => ({ from: from + start, source }));
  const isFirst = text.slice(beginOfLine(text, start), start).trim() !== '';
  // After the dash of an item of a list: the next key takes its place.
  if (isFirst && comments.length === 0 && next !== undefined) return [removal(start, next)];
  const changes: TextChange[] = [];
  for (let line = beginOfLine(text, start); line < last; ) {
    const lineEnd = text.indexOf('\n', line) < 0 ? text.length : text.indexOf('\n', line) + 1;
    const comment = comments.find(({ from }) => from >= line && from < lineEnd);
    if (comment) changes.push(removal(Math.max(start, spacesAfter(text, line)), comment.from));
    else if (isFirst && line < start) changes.push(removal(start, Math.min(end, lineEnd)));
    else if (changes.at(-1)?.to === line) changes.push(removal(changes.pop()?.from ?? line, lineEnd));
    else changes.push(removal(line, lineEnd));
    line = lineEnd;
  }
  // The last line of a text may end without a break: then the break before it goes.
  return changes.map(({ from, to }) => {
    const isLast = to === text.length && text.at(-1) !== '\n' && from === beginOfLine(text, from);
    return removal(isLast ? Math.max(0, from - 1) : from, to);
  });
}

const spacesAfter = (text: string, offset: number) => offset + (/^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0);

const spacesBefore = (text: string, offset: number) =>
  offset - (/[ \t]*$/.exec(text.slice(0, offset))?.[0].length ?? 0);

/** Adds a pair to a map: after the one with this name, else at its end. */
export function pairAddition(
  text: string,
  map: YAMLMap,
  name: string,
  value: unknown,
  after = '',
): TextChange | undefined {
  const found = map.items.findIndex(({ key }) => isScalar(key) && key.value === after);
  const index = found < 0 ? map.items.length - 1 : found;
  const end = rangeOfMember(map, index)?.[1];
  const first = rangeOf(map.items[0]?.key)?.[0];
  if (map.flow) {
    const inside = isQuoted(map.items[0]?.key)
      ? `${JSON.stringify(name)}: ${JSON.stringify(value)}`
      : `${name}: ${flowText(value)}`;
    return end === undefined ? insertion((map.range?.[0] ?? 0) + 1, ` ${inside} `) : insertion(end, `, ${inside}`);
  }
  if (end === undefined || first === undefined) return undefined;
  const column = columnOf(text, first);
  return insertion(endOfLine(text, end), `\n${' '.repeat(column)}${plainKey(name)}: ${valueText(value, column)}`);
}

/** Adds an item at the end of a list. */
export function itemAddition(text: string, list: YAMLSeq, value: unknown): TextChange | undefined {
  const last = list.items.length - 1;
  const end = rangeOf(list.items[last])?.[1];
  if (list.flow) {
    const inside = isQuoted(list.items[0]) ? JSON.stringify(value) : flowText(value);
    return end === undefined ? insertion((list.range?.[0] ?? 0) + 1, inside) : insertion(end, `, ${inside}`);
  }
  const dash = dashOf(list, last);
  if (end === undefined || dash === undefined) return undefined;
  return insertion(endOfLine(text, end), `\n${' '.repeat(columnOf(text, dash))}- ${flowText(value)}`);
}

/** Puts another value in the place of the value of a pair. */
export function pairReplacement(text: string, map: YAMLMap, index: number, value: unknown): TextChange | undefined {
  const { key, value: node } = map.items[index] ?? {};
  const inJson = map.flow && isQuoted(key);
  const colon = colonOf(map, index);
  const [start, end] = rangeOf(node) ?? [];
  if (start === undefined || start === end) {
    return colon === undefined
      ? undefined
      : insertion(colon + 1, ` ${inJson ? JSON.stringify(value) : flowText(value)}`);
  }
  const keyStart = rangeOf(key)?.[0];
  return nodeReplacement(
    text,
    node,
    value,
    inJson || map.flow || keyStart === undefined ? undefined : columnOf(text, keyStart),
    inJson,
  );
}

/** Puts another value in the place of one; texts of several lines where it is the value of a key in a column of a block. */
export function nodeReplacement(
  text: string,
  node: unknown,
  value: unknown,
  column?: number,
  inJson = isQuoted(node),
): TextChange | undefined {
  const [start, end] = rangeOf(node) ?? [];
  if (start === undefined || end === undefined) return undefined;
  const isLong = typeof value === 'string' && value.includes('\n');
  const insert =
    column !== undefined && isLong
      ? valueText(value, column)
      : inJson || isQuoted(node)
        ? JSON.stringify(value)
        : flowText(value);
  // A text of several lines ends with the break of its last line, which is not a part of the change.
  return { from: start, to: start + text.slice(start, end).trimEnd().length, insert };
}

/** A value as the value of a key in this column of a block. */
export function valueText(value: unknown, column: number): string {
  if (typeof value !== 'string' || !value.includes('\n') || /^\s|\n[ \t]*\n$|\n[ \t]+$|[^\n\P{Cc}]/u.test(value))
    return flowText(value);
  const lines = value.replace(/\n$/, '').split('\n');
  const pad = ' '.repeat(column + 2);
  return `|${value.endsWith('\n') ? '' : '-'}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`;
}

/** A value on one line. */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, member]) => `${plainKey(key)}: ${flowText(member)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return typeof value === 'string' ? plainKey(value) : (JSON.stringify(value) ?? 'null');
}

/** A text without quotes where it is the same without. */
const plainKey = (text: string) =>
  /^[A-Za-z][\w.-]*$/.test(text) && parse(text) === text ? text : JSON.stringify(text);
