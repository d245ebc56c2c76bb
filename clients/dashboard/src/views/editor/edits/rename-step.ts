import { isScalar, type Scalar } from 'yaml';
import { refersTo, type Template, templatesOfWorkflow, withReferences } from './expressions.ts';
import {
  checked,
  type DocumentJson,
  NOT_CERTAIN,
  type Read,
  readSteps,
  type StepEdit,
  type StepValue,
  UNREADABLE,
} from './read-steps.ts';
import { nodeReplacement, rangeOf, type TextChange } from './yaml-text.ts';

const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Gives a step another ID, also where other steps and expressions name it. */
export function renameStep(text: string, from: string, to: string): StepEdit {
  if (!ID.test(to)) return { refused: 'An ID is a letter, then letters, digits, _ and -; 64 characters at most.' };
  const read = readSteps(text);
  if (!read) return { refused: UNREADABLE };
  if (read.steps.some(({ id }) => id === to)) return { refused: `There is a step ${to} already.` };
  const named = placesOf(read, from).map((path) => nodeReplacement(text, read.document.getIn(path, true), to));
  const referred = templatesOfWorkflow(read.json)
    .filter((template) => refersTo(template, from))
    .map((template) => referenceChanges(text, read.document.getIn(template.path, true), from, to));
  const changes = [...named.map((change) => change && [change]), ...referred];
  if (!changes.every((part) => part !== undefined)) return { refused: NOT_CERTAIN };
  const json = { ...read.json, steps: read.steps.map((step) => renamed(step, from, to)) };
  return checked(read, changes.flat(), {
    json: withTemplates(json, (template) => withReferences(template, (step) => accessTo(step === from ? to : step))),
    as: (one) => withTemplates(one, (template) => withReferences(template, accessTo)),
  });
}

const accessTo = (step: string) => `["${step}"]`;

/** Where a step is named as such. */
function placesOf({ steps }: Read, key: string): readonly (readonly (string | number)[])[] {
  return steps.flatMap(({ id, depends_on: listed, repair }, index) => [
    ...(id === key ? [['steps', index, 'id']] : []),
    ...(Array.isArray(listed)
      ? listed.flatMap((one, at) => (one === key ? [['steps', index, 'depends_on', at]] : []))
      : []),
    ...((repair as StepValue | undefined)?.step === key ? [['steps', index, 'repair', 'step']] : []),
  ]);
}

function renamed(step: StepValue, from: string, to: string): StepValue {
  const { id, depends_on: listed, repair } = step;
  return {
    ...step,
    ...(id === from && { id: to }),
    ...(Array.isArray(listed) && { depends_on: listed.map((one) => (one === from ? to : one)) }),
    ...((repair as StepValue | undefined)?.step === from && { repair: { ...(repair as StepValue), step: to } }),
  };
}

/** Changes of the source of a text, in which quotes may be escaped. */
function referenceChanges(text: string, node: unknown, from: string, to: string): readonly TextChange[] | undefined {
  const [begin, end] = rangeOf(node) ?? [];
  if (begin === undefined || end === undefined || !isScalar(node)) return undefined;
  const pattern = new RegExp(
    `\\bsteps\\s*(?:(\\.\\s*)${from}(?!\\w)|(\\[\\s*(?:\\\\?"|''?))${from}(?=\\\\?["']))`,
    'g',
  );
  return [...text.slice(begin, end).matchAll(pattern)].map((match) => {
    const last = begin + match.index + match[0].length;
    const [, dot] = match;
    // A name with a dash stands in brackets.
    if (dot === undefined || /^\w+$/.test(to)) return { from: last - from.length, to: last, insert: to };
    return { from: last - from.length - dot.length, to: last, insert: inBrackets(node, to) };
  });
}

const inBrackets = ({ type }: Scalar, step: string) => (type === 'QUOTE_DOUBLE' ? `['${step}']` : `["${step}"]`);

/** The document with other texts where expressions can be. */
function withTemplates(json: DocumentJson, change: (template: Template) => string): DocumentJson {
  const copy = structuredClone(json);
  for (const template of templatesOfWorkflow(json)) {
    const parent = template.path.slice(0, -1).reduce<unknown>((value, key) => (value as StepValue)[key], copy);
    (parent as Record<string, unknown>)[template.path.at(-1) ?? ''] = change(template);
  }
  return copy;
}
