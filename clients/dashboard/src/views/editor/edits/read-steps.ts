import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { stepReferences, type Template } from './expressions.ts';
import { stepsOfText } from './steps-of-text.ts';
import { changedText, commentsOf, rangeOf, type TextChange } from './yaml-text.ts';

/** What an edit of the steps changes in the text; or why it does not, in a sentence. */
export type StepEdit = { readonly changes: readonly TextChange[] } | { readonly refused: string };

/** Makes an edit of the text as it is then, and selects a step that it has afterwards. */
export type EditText = (edit: (text: string) => StepEdit, selects?: string) => void;

export type StepValue = Readonly<Record<string, unknown>>;

export interface DocumentJson {
  readonly steps?: readonly StepValue[] | null;
}

/** A text that has steps, or can have. */
export interface Read {
  readonly text: string;
  readonly document: Document;
  readonly json: DocumentJson;
  readonly steps: readonly StepValue[];
}

export const UNREADABLE = 'The text has errors, or is not in the native form. Correct it first.';
export const NOT_CERTAIN =
  'This part of the text is written in a way that cannot be changed from here. Change it in the text.';

export function readSteps(text: string): Read | undefined {
  const document = parseDocument(text, { logLevel: 'silent', keepSourceTokens: true });
  if (document.errors.length > 0) return undefined;
  const json: unknown = jsonOf(document) ?? {};
  if (typeof json !== 'object' || json === null) return undefined;
  const { steps = [] } = json as { readonly steps?: unknown };
  const isList = Array.isArray(steps) && steps.every((step) => typeof step === 'object' && step !== null);
  if (steps !== null && !isList) return undefined;
  return { text, document, json: json as DocumentJson, steps: isList ? steps : [] };
}

/** Undefined where an alias has no anchor. */
function jsonOf(document: Document): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

export function listOfSteps({ document }: Read): YAMLSeq | undefined {
  const list: unknown = document.get('steps', true);
  return isSeq(list) ? list : undefined;
}

/** One step, with as much of the text as is needed to read it. */
export interface ReadStep extends Read {
  readonly index: number;
  readonly value: StepValue;
  readonly node: YAMLMap;
  /** What is added to an offset of what was read, for the offset in the text. */
  readonly offset: number;
}

const HEAD = 'steps:\n';

/** Reads a step. Of a list that is written as a block its lines suffice, which takes as long in a long text as in a short one. */
export function readStep(text: string, key: string): ReadStep | undefined {
  const place = stepsOfText(text)?.find((one) => one.key === key);
  const lines = place && text.slice(place.from, place.to);
  // What has an anchor may stand for a part of another step.
  const isShared = lines === undefined || /(?:^|[\s[{,])&\S/.test(lines);
  const ofLines = place && !isShared && stepOf(readSteps(HEAD + lines), key, place.from - HEAD.length);
  return ofLines || stepOf(readSteps(text), key, 0);
}

function stepOf(read: Read | undefined, key: string, offset: number): ReadStep | undefined {
  const index = read?.steps.findIndex(({ id }) => id === key) ?? -1;
  const node = read && listOfSteps(read)?.items[index];
  const value = read?.steps[index];
  return read && value && isMap(node) ? { ...read, index, value, node, offset } : undefined;
}

interface Expected {
  readonly json: DocumentJson;
  /** What both documents are compared as. Default: as they are. */
  readonly as?: (json: DocumentJson) => DocumentJson;
  /** The comments that are left. Default: all. */
  readonly comments?: readonly string[];
}

/** The changes, once it is certain that they do to the document what is expected, and that every comment is still there. */
export function checked(
  { text }: Read,
  changes: readonly TextChange[] | undefined,
  { json, as = (same) => same, comments = sourcesOfComments(text) }: Expected,
): StepEdit {
  if (!changes) return { refused: NOT_CERTAIN };
  const after = changedText(text, changes);
  const result = readSteps(after)?.json;
  const isAsExpected = result !== undefined && sorted(as(result)) === sorted(as(json));
  return isAsExpected && sourcesOfComments(after).join('\n') === comments.join('\n')
    ? { changes }
    : { refused: NOT_CERTAIN };
}

/** The expression of a template that refers to a step, with its key and its line in the whole text. */
export function whereIs(
  whole: string,
  template: Template,
  step: string,
  read: Read & { readonly offset?: number },
): string {
  const { document, text, offset = 0 } = read;
  const expression = stepReferences(template).find((one) => one.step === step)?.expression ?? template.text;
  const [begin = 0, end = 0] = rangeOf(document.getIn(template.path, true)) ?? [];
  const found = text.indexOf(expression, begin);
  const line = whole.slice(0, offset + (found < 0 || found > end ? begin : found)).split('\n').length;
  const path = template.path[0] === 'steps' ? template.path.slice(2) : template.path;
  return `${expression} in ${path.join('.')}, line ${line}`;
}

export const movedBy = (offset: number, changes: readonly TextChange[]): readonly TextChange[] =>
  changes.map(({ from, to, insert }) => ({ from: from + offset, to: to + offset, insert }));

const sourcesOfComments = (text: string) => commentsOf(text).map(({ source }) => source);

/** JSON with its keys in one order. */
const sorted = (value: unknown) =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
