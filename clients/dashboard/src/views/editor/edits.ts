import { isMap, isScalar, isSeq, Lexer, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { expressionThatNeeds } from './expressions.ts';
import { stepsOfText } from './steps-of-text.ts';

/** Characters of a text that are replaced. Several of one edit do not overlap. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** What an edit of the steps changes in the text; or why it does not, in a sentence. */
export type StepEdit = { readonly changes: readonly TextChange[] } | { readonly refused: string };

interface StepJson {
  readonly id?: unknown;
  readonly depends_on?: readonly unknown[] | null;
}

interface DocumentJson {
  readonly steps?: readonly StepJson[];
}

const UNREADABLE = 'The text has errors, or is not in the native form. Correct it first.';
const NOT_CERTAIN =
  'This part of the text is written in a way that cannot be changed from here. Change it in the text.';

/** Adds a step after another one, or at the end. Its required keys are there, and empty. */
export function addStep(text: string, after: string | undefined, step: Readonly<Record<string, unknown>>): StepEdit {
  const json = jsonOf(text);
  if (!json) return { refused: UNREADABLE };
  const steps = json.steps ?? [];
  const index = steps.findIndex(({ id }) => id === after);
  const at = index < 0 ? steps.length : index + 1;
  const expected = { ...json, steps: [...steps.slice(0, at), step, ...steps.slice(at)] };
  const change = stepChange(text, at - 1, step);
  return change ? checked(text, [change], expected) : { refused: NOT_CERTAIN };
}

function stepChange(text: string, index: number, step: Readonly<Record<string, unknown>>): TextChange | undefined {
  const document = parseDocument(text, { logLevel: 'silent', keepSourceTokens: true });
  const list: unknown = document.get('steps', true);
  if (isSeq(list) && list.flow) {
    const last = rangeOf(list.items[index]);
    return insertion(last ? last[1] : (list.range?.[0] ?? 0) + 1, `${last ? ', ' : ' '}${JSON.stringify(step)}`);
  }
  if (isSeq(list)) {
    const [, end] = rangeOf(list.items[index]) ?? [];
    const dash = dashOf(list, index);
    if (end === undefined || dash === undefined) return undefined;
    return insertion(endOfLine(text, end), `\n${linesOf(step, columnOf(text, dash))}`);
  }
  const pair = isMap(document.contents) ? pairOf(document.contents, 'steps') : undefined;
  if (pair && isScalar(list) && list.value === null) {
    return insertion(endOfLine(text, rangeOf(pair.key)?.[1] ?? 0), `\n${linesOf(step, 2)}`);
  }
  if (pair || (isMap(document.contents) && document.contents.flow)) return undefined;
  return insertion(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}steps:\n${linesOf(step, 2)}\n`);
}

/** A step as an item of a block list, whose dash is in this column. */
function linesOf(step: Readonly<Record<string, unknown>>, column: number): string {
  const pad = ' '.repeat(column);
  return Object.entries(step)
    .map(([key, value], index) => `${pad}${index === 0 ? '- ' : '  '}${key}: ${scalarOf(value)}`)
    .join('\n');
}

const scalarOf = (value: unknown) =>
  typeof value === 'string' && /^[A-Za-z][\w-]*$/.test(value) ? value : JSON.stringify(value);

/** Makes a step depend on another one. */
export function addDependency(text: string, from: string, to: string): StepEdit {
  if (from === to) return { refused: `${to} cannot depend on itself.` };
  const json = jsonOf(text);
  const node = stepsOfText(text).find(({ key }) => key === to)?.node;
  if (!json || !node) return { refused: UNREADABLE };
  const present = json.steps?.find(({ id }) => id === to)?.depends_on ?? [];
  if (!Array.isArray(present)) return { refused: NOT_CERTAIN };
  if (present.includes(from)) return { refused: `${to} depends on ${from} already.` };
  const change = dependencyChange(text, node, from);
  if (!change) return { refused: NOT_CERTAIN };
  return checked(text, [change], withDependencies(json, to, [...present, from]));
}

function dependencyChange(text: string, step: YAMLMap, from: string): TextChange | undefined {
  const pair = pairOf(step, 'depends_on');
  const list = pair?.value;
  if (pair && isSeq(list)) {
    const last = list.items.length - 1;
    const end = rangeOf(list.items[last])?.[1];
    if (list.flow) {
      const word = isQuoted(list.items[0] ?? pair.key) ? JSON.stringify(from) : from;
      return end === undefined ? insertion((list.range?.[0] ?? 0) + 1, word) : insertion(end, `, ${word}`);
    }
    const dash = dashOf(list, last);
    if (end === undefined || dash === undefined) return undefined;
    return insertion(endOfLine(text, end), `\n${' '.repeat(columnOf(text, dash))}- ${from}`);
  }
  if (pair) {
    const colon = text.indexOf(':', rangeOf(pair.key)?.[1] ?? text.length);
    return isScalar(list) && list.value === null && colon >= 0 ? insertion(colon + 1, ` [${from}]`) : undefined;
  }
  const before = pairOf(step, 'kind') ?? step.items.at(-1);
  const end = rangeOf(before?.value)?.[1] ?? rangeOf(before?.key)?.[1];
  const first = rangeOf(step.items[0]?.key)?.[0];
  if (end === undefined || first === undefined) return undefined;
  if (step.flow) {
    return insertion(end, isQuoted(before?.key) ? `, "depends_on": ["${from}"]` : `, depends_on: [${from}]`);
  }
  return insertion(endOfLine(text, end), `\n${' '.repeat(columnOf(text, first))}depends_on: [${from}]`);
}

/** Removes a dependency that `depends_on` states. One that an expression makes is refused, with the expression. */
export function removeDependency(text: string, from: string, to: string): StepEdit {
  const json = jsonOf(text);
  const node = stepsOfText(text).find(({ key }) => key === to)?.node;
  if (!json || !node) return { refused: UNREADABLE };
  const step = json.steps?.find(({ id }) => id === to) ?? {};
  const expression = expressionThatNeeds(step, from);
  if (expression) {
    return { refused: `${to} depends on ${from}, because ${expression} needs it. Change the expression in the text.` };
  }
  const present = Array.isArray(step.depends_on) ? step.depends_on : [];
  if (!present.includes(from)) return { refused: `${to} does not depend on ${from} directly.` };
  const pair = pairOf(node, 'depends_on');
  const list = pair?.value;
  if (!pair || !isSeq(list)) return { refused: NOT_CERTAIN };
  const changes = removals(text, list, present.indexOf(from), rangeOf(pair.key)?.[1] ?? 0);
  return checked(
    text,
    changes,
    withDependencies(
      json,
      to,
      present.filter((one) => one !== from),
    ),
  );
}

interface ItemTokens {
  readonly start?: readonly { readonly type: string; readonly offset: number }[];
}

const tokensOf = (list: YAMLSeq) =>
  (list.srcToken as { readonly items?: readonly ItemTokens[] } | undefined)?.items ?? [];

function removals(text: string, list: YAMLSeq, index: number, afterKey: number): readonly TextChange[] {
  const [start, end] = rangeOf(list.items[index]) ?? [0, 0];
  if (list.flow) {
    // Its comma is before it, or before the next one if it is the first. What is between may be a comment.
    const comma = tokensOf(list)[index === 0 ? 1 : index]?.start?.find(({ type }) => type === 'comma')?.offset;
    if (comma === undefined) return [removal(start, end)];
    const [first, second] = index === 0 ? [start, comma + 1] : [spacesBefore(text, comma), end];
    const between = index === 0 ? text.slice(end, comma) : text.slice(comma + 1, start);
    if (between.trim() === '') return [removal(first, index === 0 ? spacesAfter(text, second) : second)];
    return [removal(start, end), removal(comma, comma + 1)];
  }
  const dash = dashOf(list, index) ?? start;
  const empty = list.items.length === 1 ? [insertion(text.indexOf(':', afterKey) + 1, ' []')] : [];
  const lineStart = text.lastIndexOf('\n', dash - 1) + 1;
  const lineEnd = endOfLine(text, end);
  // A comment on its line stays.
  const isAlone = text.slice(lineStart, dash).trim() === '' && text.slice(end, lineEnd).trim() === '';
  return [...empty, isAlone ? removal(Math.max(0, lineStart - 1), lineEnd) : removal(dash, end)];
}

const spacesAfter = (text: string, offset: number) => offset + (/^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0);

const spacesBefore = (text: string, offset: number) =>
  offset - (/[ \t]*$/.exec(text.slice(0, offset))?.[0].length ?? 0);

function withDependencies(json: DocumentJson, to: string, dependencies: readonly unknown[]): DocumentJson {
  return {
    ...json,
    steps: (json.steps ?? []).map((step) => (step.id === to ? { ...step, depends_on: dependencies } : step)),
  };
}

/** The changes, once it is certain that they do to the document what is expected, and that every comment is still there. */
function checked(text: string, changes: readonly TextChange[], expected: DocumentJson): StepEdit {
  const after = changedText(text, changes);
  const isAsExpected = sorted(jsonOf(after)) === sorted(expected);
  return isAsExpected && commentsOf(after).join('\n') === commentsOf(text).join('\n')
    ? { changes }
    : { refused: NOT_CERTAIN };
}

/** The text with its changes. */
export function changedText(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.from - a.from)
    .reduce((result, { from, to, insert }) => result.slice(0, from) + insert + result.slice(to), text);
}

/** The comments of a text, in its order. */
export function commentsOf(text: string): readonly string[] {
  return [...new Lexer().lex(text)].filter((token) => token.startsWith('#'));
}

/** JSON with its keys in one order. */
const sorted = (value: unknown) =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

function jsonOf(text: string): DocumentJson | undefined {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  const json: unknown = document.toJS() ?? {};
  if (typeof json !== 'object' || json === null) return undefined;
  const { steps } = json as { readonly steps?: unknown };
  if (steps != null && !(Array.isArray(steps) && steps.every((step) => typeof step === 'object' && step !== null)))
    return undefined;
  return json as DocumentJson;
}

const insertion = (at: number, insert: string): TextChange => ({ from: at, to: at, insert });

const removal = (from: number, to: number): TextChange => ({ from, to, insert: '' });

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

const rangeOf = (node: unknown) =>
  (node as { readonly range?: readonly [number, number, number] } | null | undefined)?.range;

const isQuoted = (node: unknown) => isScalar(node) && node.type === 'QUOTE_DOUBLE';

/** Where the dash of an item of a block list is. */
const dashOf = (list: YAMLSeq, index: number) =>
  tokensOf(list)[index]?.start?.find(({ type }) => type === 'seq-item-ind')?.offset;

const columnOf = (text: string, offset: number) => offset - (text.lastIndexOf('\n', offset - 1) + 1);

/** The end of the line on which what ends here has its last character. */
function endOfLine(text: string, end: number): number {
  const last = text.slice(0, end).trimEnd().length;
  const next = text.indexOf('\n', last);
  if (next < 0) return text.length;
  return text[next - 1] === '\r' ? next - 1 : next;
}
