import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { referencesIn } from '../expressions/references.ts';
import { containsExpression } from '../expressions/template.ts';
import type { Catalog } from '../model/catalog.ts';
import { type DocumentPath, type Problems, pathText } from '../model/problems.ts';
import { MAX_STEPS } from '../model/workflow-limits.ts';
import { matchName, matchQueryName } from './envelope.ts';
import { type NativeForm, outputExpression } from './native-form.ts';

/** Kinds whose steps may leave out what steps before them made. */
const COMPLETED = ['plan', 'codegen', 'eval', 'repo'];
const SEARCH_TOOLS = ['drive.search', 'web.search'];
/** Stands for an input whose absence is reported already. */
const REPORTED = '{{ none }}';

interface Step {
  readonly key: string;
  readonly kind: string;
  readonly raw: JsonObject;
  readonly input: JsonObject;
  readonly at: DocumentPath;
  /** The bit of this step alone. */
  readonly bit: bigint;
  /** The bits of the steps that run before it. */
  before: bigint;
}

/**
 * Completes the steps of a native document. Commands and queries get the names that they have on this server. A plan takes its goal from `goal_template`, its resource
 * from the input of that name, its stack from the step that generates code, and `constraints` are its requirements. Steps
 * of the kinds codegen, eval and repo work on what the last step before them made that planned, searched or generated.
 * What a step states itself is never changed.
 */
export function completeSteps(written: JsonObject, { names }: Catalog, problems: Problems): NativeForm {
  const origins = new Map<string, DocumentPath>([['', []]]);
  const list = Array.isArray(written.steps)
    ? (written.steps as readonly Json[]).map((step) => withNames(step, names))
    : [];
  const document = list.length > 0 ? { ...written, steps: list } : written;
  const concerned = list.some((raw) => isJsonObject(raw) && COMPLETED.includes(String(raw.kind)));
  if (!concerned || list.length > MAX_STEPS) return { document, origins };
  const steps = readSteps(list);
  const completed = new Map<Json, JsonObject>();
  for (const step of steps) {
    const input = inputOf(step, steps, document, origins, problems);
    if (input) completed.set(step.raw, { ...step.raw, input });
  }
  return { document: { ...document, steps: list.map((raw) => completed.get(raw) ?? raw) }, origins };
}

/** The step, or the compensation in it, with the names of its command and query as this server has them. */
function withNames(step: Json, names: Catalog['names']): Json {
  if (!isJsonObject(step)) return step;
  const { kind, command, query, compensate } = step;
  return {
    ...step,
    ...(kind === 'command' && typeof command === 'string' && { command: matchName(command, names.commands) }),
    ...(kind === 'query' && typeof query === 'string' && { query: matchQueryName(query, names.queries) }),
    ...(compensate !== undefined && { compensate: withNames(compensate, names) }),
  };
}

function readSteps(list: readonly Json[]): readonly Step[] {
  const steps = list.map((raw, i): Step => {
    const step = isJsonObject(raw) ? raw : {};
    const { id, kind, tool, input } = step;
    return {
      key: String(id),
      kind: tool === undefined ? String(kind) : 'tool',
      raw: step,
      input: isJsonObject(input) ? input : {},
      at: ['steps', i],
      bit: 1n << BigInt(i),
      before: 0n,
    };
  });
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const open = new Set<Step>();
  const closed = new Set<Step>();
  const visit = (step: Step): bigint => {
    // A cycle is reported later.
    if (open.has(step) || closed.has(step)) return step.before;
    open.add(step);
    for (const key of dependenciesOf(step.raw)) {
      const other = byKey.get(key);
      if (other) step.before |= visit(other) | other.bit;
    }
    open.delete(step);
    closed.add(step);
    return step.before;
  };
  for (const step of steps) visit(step);
  return steps;
}

function dependenciesOf({ depends_on: named, input }: JsonObject): readonly string[] {
  const keys = Array.isArray(named) ? (named as readonly Json[]).filter((key) => typeof key === 'string') : [];
  try {
    return [...keys, ...referencesIn(input ?? null).steps];
  } catch {
    // An expression that cannot be parsed is reported later.
    return keys;
  }
}

/** The completed input; undefined when the step states all itself. */
function inputOf(
  step: Step,
  steps: readonly Step[],
  document: JsonObject,
  origins: Map<string, DocumentPath>,
  problems: Problems,
): JsonObject | undefined {
  const { kind, input, raw } = step;
  // An input of another type is reported later.
  if (raw.input !== undefined && !isJsonObject(raw.input)) return undefined;
  if (kind === 'plan') return planInput(step, steps, document, origins, problems);
  if (kind === 'codegen' && input.plan === undefined) {
    const from = lastOf('plan', 'plan', step, steps, problems);
    const searches = before(step, steps).filter(isSearch);
    return {
      ...input,
      plan: from === undefined ? REPORTED : outputExpression(from),
      ...(input.findings === undefined &&
        searches.length > 0 && { findings: searches.map(({ key }) => outputExpression(key)) }),
    };
  }
  if (kind === 'eval' && input.files === undefined) {
    const from = lastOf('codegen', 'files', step, steps, problems);
    if (from === undefined) return { stack: REPORTED, ...input, files: REPORTED };
    return { stack: memberOf(from, 'stack'), ...input, files: memberOf(from, 'files') };
  }
  if (kind === 'repo' && input.files === undefined) {
    if (!before(step, steps).some(({ kind }) => kind === 'codegen')) return undefined;
    const from = lastOf('codegen', 'files', step, steps, problems);
    return { ...input, files: from === undefined ? REPORTED : memberOf(from, 'files') };
  }
  return undefined;
}

function planInput(
  step: Step,
  steps: readonly Step[],
  { goal_template: goal, inputs }: JsonObject,
  origins: Map<string, DocumentPath>,
  problems: Problems,
): JsonObject | undefined {
  const { constraints, ...input } = step.input;
  const stated = constraints !== undefined && constraints !== null;
  const at = [...step.at, 'input', 'constraints'];
  if (stated && input.requirements !== undefined) {
    problems.error(`Step ${step.key}: constraints and requirements are the same. Keep one of the two.`, at, {
      step: step.key,
    });
  }
  if (stated) origins.set(pathText([...step.at, 'input', 'requirements']), at);
  const fromTemplate = input.goal === undefined && typeof goal === 'string';
  if (fromTemplate) origins.set(pathText([...step.at, 'input', 'goal']), ['goal_template']);
  const stack = input.stack ?? stackFor(step, steps);
  return {
    ...(fromTemplate && { goal, ...resourceFrom(goal, inputs) }),
    ...input,
    ...(stated && { requirements: constraints }),
    ...(stack !== undefined && { stack }),
  };
}

/** The input `resource`, if it is a text and the goal is about it. */
function resourceFrom(goal: string, inputs: Json | undefined): JsonObject {
  const declared = isJsonObject(inputs) ? inputs : {};
  const all = declared.type === 'object' && isJsonObject(declared.properties) ? declared.properties : declared;
  const { resource } = all;
  if (resource !== 'string' && !(isJsonObject(resource) && resource.type === 'string')) return {};
  try {
    return referencesIn(goal).inputs.has('resource') ? { resource: '{{ resource }}' } : {};
  } catch {
    return {};
  }
}

/** The stack that the steps after this one generate code with, if they name one. */
function stackFor(step: Step, steps: readonly Step[]): string | undefined {
  const after = steps.filter(({ kind, input, before }) => {
    return kind === 'codegen' && input.plan === undefined && (before & step.bit) !== 0n;
  });
  const [only, ...others] = new Set(after.map(({ input }) => input.stack));
  const isText = typeof only === 'string' && others.length === 0;
  return isText && !(containsExpression(only) && only.includes('steps')) ? only : undefined;
}

function isSearch({ kind, raw }: Step): boolean {
  return kind === 'research' || (kind === 'tool' && SEARCH_TOOLS.includes(String(raw.tool)));
}

function before(step: Step, steps: readonly Step[]): readonly Step[] {
  return steps.filter((one) => one !== step && (step.before & one.bit) !== 0n);
}

/** The key of the last step of that kind before this one. @returns undefined after it was reported as a problem */
function lastOf(
  kind: string,
  option: string,
  step: Step,
  steps: readonly Step[],
  problems: Problems,
): string | undefined {
  const all = before(step, steps).filter((one) => one.kind === kind && one.raw.for_each === undefined);
  const covered = all.reduce((bits, one) => bits | one.before, 0n);
  const last = all.filter(({ bit }) => (covered & bit) === 0n);
  const [only, other] = last;
  if (only && !other) return only.key;
  const example = option === 'plan' ? '"{{ steps.ID.output }}"' : `"{{ steps.ID.output.${option} }}"`;
  const message = only
    ? `Step ${step.key} depends on several steps of kind ${kind}, ${last.map(({ key }) => key).join(', ')}, and does not say which. Set ${option} in its input, such as ${example}.`
    : `Step ${step.key} has nothing to work on. Let it depend on a step of kind ${kind}, or set ${option} in its input, such as ${example}.`;
  problems.error(message, step.at, { step: step.key });
  return undefined;
}

function memberOf(key: string, member: string): string {
  return outputExpression(key).replace(/ \}\}$/, `.${member} }}`);
}
