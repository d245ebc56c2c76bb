import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { stepReferences, type Template, templatesThatNeed } from './expressions.ts';
import { mapChanges } from './value-changes.ts';
import {
  changedText,
  columnOf,
  commentsOf,
  dashOf,
  endOfLine,
  insertion,
  pairOf,
  rangeOf,
  type TextChange,
  valueText,
} from './yaml-text.ts';

/** What an edit of the steps changes in the text; or why it does not, in a sentence. */
export type StepEdit = { readonly changes: readonly TextChange[] } | { readonly refused: string };

type StepValue = Readonly<Record<string, unknown>>;

interface DocumentJson {
  readonly steps?: readonly StepValue[];
}

/** A text that has steps, or can have. */
interface Read {
  readonly text: string;
  readonly document: Document;
  readonly json: DocumentJson;
  readonly steps: readonly StepValue[];
}

const UNREADABLE = 'The text has errors, or is not in the native form. Correct it first.';
const NOT_CERTAIN =
  'This part of the text is written in a way that cannot be changed from here. Change it in the text.';

/** Adds a step after another one, or at the end. Its required keys are there, and empty. */
export function addStep(text: string, after: string | undefined, step: StepValue): StepEdit {
  const read = readSteps(text);
  if (!read) return { refused: UNREADABLE };
  const { json, steps } = read;
  const index = steps.findIndex(({ id }) => id === after);
  const at = index < 0 ? steps.length : index + 1;
  const change = stepAddition(read, at - 1, step);
  return checked(read, change && [change], { ...json, steps: steps.toSpliced(at, 0, step) });
}

function stepAddition({ text, document }: Read, index: number, step: StepValue): TextChange | undefined {
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
function linesOf(step: StepValue, column: number): string {
  const pad = ' '.repeat(column);
  return Object.entries(step)
    .map(([key, value], index) => `${pad}${index === 0 ? '- ' : '  '}${key}: ${valueText(value, column + 2)}`)
    .join('\n');
}

/** Makes the step of a key another value: of its text, only what differs changes. */
function stepChange(read: Read, key: string, next: StepValue): StepEdit {
  const { text, json, steps } = read;
  const index = steps.findIndex(({ id }) => id === key);
  const step = steps[index];
  const node = nodeOfStep(read, index);
  if (!step || !node) return { refused: NOT_CERTAIN };
  return checked(read, mapChanges(text, node, step, next), { ...json, steps: steps.with(index, next) });
}

/** Makes a step depend on another one. A dependency that closes a circle is refused, with the circle. */
export function addDependency(text: string, from: string, to: string): StepEdit {
  if (from === to) return { refused: `${to} cannot depend on itself.` };
  const read = readSteps(text);
  const step = read?.steps.find(({ id }) => id === to);
  if (!read || !step) return { refused: UNREADABLE };
  const present = step.depends_on ?? [];
  if (!Array.isArray(present)) return { refused: NOT_CERTAIN };
  if (present.includes(from)) return { refused: `${to} depends on ${from} already.` };
  const way = wayBetween(read.steps, from, to);
  if (way) {
    return { refused: `${to} cannot depend on ${from}, because that makes a cycle: ${[to, ...way].join(' → ')}.` };
  }
  return stepChange(read, to, { ...step, depends_on: [...present, from] });
}

/** From one step to another one that it needs, directly or through others. */
function wayBetween(steps: readonly StepValue[], from: string, to: string): readonly string[] | undefined {
  const needs = new Map(steps.map((step) => [step.id, needsOf(step)]));
  const ways = new Map<unknown, readonly string[]>([[from, [from]]]);
  // A map also goes through what is added to it meanwhile.
  for (const [key, way] of ways) {
    for (const next of needs.get(key) ?? []) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return ways.get(to);
}

function needsOf(step: StepValue): readonly string[] {
  const listed = Array.isArray(step.depends_on) ? step.depends_on.map(String) : [];
  return [...listed, ...templatesThatNeed(step).flatMap((one) => stepReferences(one).map((found) => found.step))];
}

/**
 * Removes a dependency that `depends_on` states, and `depends_on` with its last one. One that an expression makes is refused, with the
 * expression and its line.
 */
export function removeDependency(text: string, from: string, to: string): StepEdit {
  const read = readSteps(text);
  const index = read?.steps.findIndex(({ id }) => id === to) ?? -1;
  const step = read?.steps[index];
  if (!read || !step) return { refused: UNREADABLE };
  const template = templatesThatNeed(step).find((one) => stepReferences(one).some((found) => found.step === from));
  if (template) {
    const where = whereIs(read, { ...template, path: ['steps', String(index), ...template.path] }, from);
    return { refused: `${to} depends on ${from} because of ${where}. Change the expression in the text.` };
  }
  const { depends_on: present, ...others } = step;
  if (!Array.isArray(present) || !present.includes(from)) {
    return { refused: `${to} does not depend on ${from} directly.` };
  }
  const left = present.filter((one) => one !== from);
  return stepChange(read, to, left.length === 0 ? others : { ...others, depends_on: left });
}

/** The expression of a template that refers to a step, with its place. */
function whereIs({ text, document }: Read, template: Template, step: string): string {
  const expression = stepReferences(template).find((found) => found.step === step)?.expression ?? template.text;
  const [begin = 0, end = 0] = rangeOf(document.getIn(template.path, true)) ?? [];
  const found = text.indexOf(expression, begin);
  const line = text.slice(0, found < 0 || found > end ? begin : found).split('\n').length;
  const path = template.path[0] === 'steps' ? template.path.slice(2) : template.path;
  return `${expression} in ${path.join('.')}, line ${line}`;
}

const stepsNode = ({ document }: Read): YAMLSeq | undefined => {
  const list: unknown = document.get('steps', true);
  return isSeq(list) ? list : undefined;
};

function nodeOfStep(read: Read, index: number): YAMLMap | undefined {
  const node = stepsNode(read)?.items[index];
  return isMap(node) ? node : undefined;
}

/** The changes, once it is certain that they do to the document what is expected, and that every comment is still there. */
function checked(read: Read, changes: readonly TextChange[] | undefined, expected: DocumentJson): StepEdit {
  if (!changes) return { refused: NOT_CERTAIN };
  const after = changedText(read.text, changes);
  const isAsExpected = sorted(readSteps(after)?.json) === sorted(expected);
  return isAsExpected && textOfComments(after) === textOfComments(read.text) ? { changes } : { refused: NOT_CERTAIN };
}

const textOfComments = (text: string) =>
  commentsOf(text)
    .map(({ source }) => source)
    .join('\n');

/** JSON with its keys in one order. */
const sorted = (value: unknown) =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

function readSteps(text: string): Read | undefined {
  const document = parseDocument(text, { logLevel: 'silent', keepSourceTokens: true });
  if (document.errors.length > 0) return undefined;
  const json: unknown = document.toJS() ?? {};
  if (typeof json !== 'object' || json === null) return undefined;
  const { steps = [] } = json as { readonly steps?: unknown };
  const isList = Array.isArray(steps) && steps.every((step) => typeof step === 'object' && step !== null);
  if (steps !== null && !isList) return undefined;
  return { text, document, json: json as DocumentJson, steps: isList ? steps : [] };
}
