import { isMap, isScalar, isSeq } from 'yaml';
import { refersTo, stepReferences, templatesOfWorkflow, templatesThatNeed } from './expressions.ts';
import {
  checked,
  listOfSteps,
  movedBy,
  NOT_CERTAIN,
  type Read,
  readStep,
  readSteps,
  type StepEdit,
  type StepValue,
  UNREADABLE,
  whereIs,
} from './read-steps.ts';
import { mapChanges } from './value-changes.ts';
import {
  columnOf,
  commentsOf,
  dashOf,
  endOfLine,
  insertion,
  itemRemoval,
  pairOf,
  rangeOf,
  type TextChange,
  valueText,
} from './yaml-text.ts';

/** Adds a step after another one, or at the end. Its required keys are there, and empty. */
export function addStep(text: string, after: string | undefined, step: StepValue): StepEdit {
  const read = readSteps(text);
  if (!read) return { refused: UNREADABLE };
  const { json, steps } = read;
  const index = steps.findIndex(({ id }) => id === after);
  const at = index < 0 ? steps.length : index + 1;
  const change = stepAddition(read, at - 1, step);
  return checked(read, change && [change], { json: { ...json, steps: steps.toSpliced(at, 0, step) } });
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
export function changeStep(text: string, key: string, next: StepValue): StepEdit {
  const step = readStep(text, key);
  if (!step) return { refused: UNREADABLE };
  const { json, steps, index, node, value, offset } = step;
  const edit = checked(step, mapChanges(step.text, node, value, next), {
    json: { ...json, steps: steps.with(index, next) },
  });
  return 'refused' in edit ? edit : { changes: movedBy(offset, edit.changes) };
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
  return changeStep(text, to, { ...step, depends_on: [...present, from] });
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
  const step = readStep(text, to);
  if (!step) return { refused: UNREADABLE };
  const template = templatesThatNeed(step.value).find((one) => refersTo(one, from));
  if (template) {
    const where = whereIs(text, { ...template, path: ['steps', String(step.index), ...template.path] }, from, step);
    return { refused: `${to} depends on ${from} because of ${where}. Change the expression in the text.` };
  }
  const { depends_on: present } = step.value;
  if (!Array.isArray(present) || !present.includes(from)) {
    return { refused: `${to} does not depend on ${from} directly.` };
  }
  return changeStep(text, to, withoutDependency(step.value, from));
}

/** The step without one of its dependencies, and without `depends_on` if that was the last one. */
function withoutDependency(step: StepValue, from: string): StepValue {
  const { depends_on: present, ...others } = step;
  const left = Array.isArray(present) ? present.filter((one) => one !== from) : [];
  return left.length === 0 ? others : { ...others, depends_on: left };
}

/** Removes a step with the comments in it, and from what depends on it. What an expression needs is refused, with the expression and its line. */
export function removeStep(text: string, key: string): StepEdit {
  const read = readSteps(text);
  const list = read && listOfSteps(read);
  const index = read?.steps.findIndex(({ id }) => id === key) ?? -1;
  if (!read || !list || index < 0) return { refused: UNREADABLE };
  const { json, steps } = read;
  if (steps.length === 1) return { refused: `${key} is the only step. A workflow needs one.` };
  const own = ['steps', String(index)].join('.');
  const template = templatesOfWorkflow(json).find(
    (one) => one.path.slice(0, 2).join('.') !== own && refersTo(one, key),
  );
  if (template) {
    return {
      refused: `${key} is needed by ${whereIs(text, template, key, read)}. Change the expression in the text first.`,
    };
  }
  const repaired = steps.find(({ repair }) => (repair as StepValue | undefined)?.step === key);
  if (repaired) return { refused: `${key} runs again when ${String(repaired.id)} fails. Change its repair first.` };
  const taken = itemRemoval(text, list, index);
  const next = steps.map((step) => (dependsOn(step, key) ? withoutDependency(step, key) : step));
  const ofOthers = steps.map((step, at) => {
    const node = list.items[at];
    return dependsOn(step, key) && at !== index ? isMap(node) && mapChanges(text, node, step, next[at] ?? step) : [];
  });
  if (!taken || !ofOthers.every((changes) => changes !== undefined && changes !== false))
    return { refused: NOT_CERTAIN };
  const [first] = taken;
  const comments = commentsOf(text)
    .filter(({ from }) => !first || from < first.from || from >= first.to)
    .map(({ source }) => source);
  return checked(read, [...taken, ...ofOthers.flat()], {
    json: { ...json, steps: next.toSpliced(index, 1) },
    comments,
  });
}

const dependsOn = ({ depends_on: listed }: StepValue, key: string) => Array.isArray(listed) && listed.includes(key);
