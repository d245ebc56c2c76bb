import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { checkBare, checkTree, type Place } from './check-mentions.ts';
import { checkOptions } from './check-options.ts';
import { didYouMean } from './did-you-mean.ts';
import { holdsExpression } from './expression-parts.ts';
import type { InputSchema } from './input-schema.ts';
import { jsonataProblem } from './jsonata-problem.ts';
import type { Catalog, CatalogEntry } from './plan.ts';
import type { Path, Problems } from './problems.ts';
import { explicitDependencies, type StepDraft } from './step-draft.ts';
import { ancestorsOf, between, type Dependencies, findCycles } from './step-order.ts';
import { MAX_REPAIRS } from './workflow-limits.ts';

export interface CheckDeps {
  readonly catalog: Catalog;
  readonly inputs: InputSchema;
  /** All ids of the document. */
  readonly ids: ReadonlySet<string>;
  readonly problems: Problems;
}

/** Checks what steps name and how they wait for each other. Gives them with all that they depend on. */
export function checkSteps(drafts: readonly StepDraft[], deps: CheckDeps): readonly StepDraft[] {
  const repairs = drafts.filter(({ raw }) => isJsonObject(raw.repair) && typeof raw.repair.step === 'string');
  if (repairs.length > MAX_REPAIRS) {
    deps.problems.error(`${repairs.length} steps have repair; ${MAX_REPAIRS} at most.`, ['steps']);
    return drafts;
  }
  const mended = mendedSteps(drafts, repairs, deps);
  const linked = drafts.map((draft) => {
    const named = explicitDependencies(draft, deps.ids, deps.problems);
    const mentioned = checkExpressions(draft, mended.has(draft.key), deps);
    return { ...draft, dependsOn: [...new Set([...named, ...mentioned])] };
  });
  const order: Dependencies = new Map(linked.map((draft) => [draft.key, draft.dependsOn]));
  const cycles = findCycles(order);
  for (const cycle of cycles) tellCycle(cycle, linked, deps.problems);
  for (const draft of linked) {
    if (draft.fits) {
      checkCapability(draft.raw, draft.at, draft.key, deps);
      if (isJsonObject(draft.raw.compensate))
        checkCapability(draft.raw.compensate, [...draft.at, 'compensate'], draft.key, deps);
      checkUse(draft, deps.problems);
    }
    if (cycles.length > 0) continue;
    checkCompensation(draft, order, deps);
    checkRepair(draft, order, linked, deps.problems);
  }
  return linked;
}

/** Steps that may be done again with `repair`: those that mend, and what depends on them before the mended one. */
function mendedSteps(
  drafts: readonly StepDraft[],
  repairs: readonly StepDraft[],
  deps: CheckDeps,
): ReadonlySet<string> {
  if (repairs.length === 0) return new Set();
  // Dependencies that are only mentioned are not known yet; these mentions are looked for without telling anything.
  const quiet: Problems = { error() {}, warn() {}, failed: () => false, list: () => [] };
  const order: Dependencies = new Map(
    drafts.map((draft) => [
      draft.key,
      [...explicitDependencies(draft, deps.ids, quiet), ...checkExpressions(draft, true, { ...deps, problems: quiet })],
    ]),
  );
  return new Set(repairs.flatMap(({ key, raw }) => [...between((raw.repair as { step: string }).step, key, order)]));
}

/** @returns the steps that it mentions, except in what undoes it */
function checkExpressions(draft: StepDraft, repair: boolean, deps: CheckDeps): ReadonlySet<string> {
  const { raw, at, key } = draft;
  const base: Place = {
    inputs: deps.inputs,
    steps: deps.ids,
    name: `Step ${key}`,
    step: key,
    item: false,
    repair,
    run: true,
  };
  const inner = { ...base, item: raw.for_each !== undefined };
  const found = new Set<string>();
  const add = (keys: ReadonlySet<string>) => {
    for (const one of keys) found.add(one);
  };
  add(checkTree(raw.input, [...at, 'input'], inner, deps.problems));
  if (isJsonObject(raw.cache)) add(checkTree(raw.cache.key, [...at, 'cache', 'key'], inner, deps.problems));
  if (typeof raw.when === 'string') add(checkBare(raw.when, [...at, 'when'], base, deps.problems));
  if (typeof raw.for_each === 'string') add(checkBare(raw.for_each, [...at, 'for_each'], base, deps.problems));
  else add(checkTree(raw.for_each, [...at, 'for_each'], base, deps.problems));
  return found;
}

function tellCycle(cycle: readonly string[], drafts: readonly StepDraft[], problems: Problems): void {
  const first = drafts.find(({ key }) => key === cycle[0]);
  const listed = first?.raw.depends_on;
  const byName = Array.isArray(listed) && listed.includes(cycle[1] ?? '');
  const at = first ? [...first.at, byName ? 'depends_on' : 'input'] : ['steps'];
  const message = `These steps wait for each other: ${cycle.join(' → ')}. Take one of the dependencies out.`;
  problems.error(message, at, first ? { step: first.key } : {});
}

/** The command or query exists, and its options fit; JSONata is JSONata. */
function checkCapability(body: JsonObject, at: Path, step: string, { catalog, problems }: CheckDeps): void {
  const kind = body.kind;
  if (kind === 'transform') checkTransform(body.input, [...at, 'input', 'expression'], step, problems);
  if (kind !== 'command' && kind !== 'query') return;
  const name = body[kind] as string;
  const entry = catalog[kind](name);
  const names = kind === 'command' ? catalog.names.commands : catalog.names.queries;
  if (!entry) {
    const message = `There is no ${kind} ${name}.${didYouMean(name, names)} There are: ${names.join(', ')}.`;
    problems.error(message, [...at, kind], { step });
  } else if (entry.composite) {
    problems.error(`${name} is made of other commands and is no step. List these as steps.`, [...at, kind], { step });
  } else {
    checkInput(entry, name, body.input ?? {}, [...at, 'input'], step, problems);
  }
}

function checkTransform(input: Json | undefined, at: Path, step: string, problems: Problems): void {
  const expression = isJsonObject(input) ? input.expression : undefined;
  if (typeof expression !== 'string' || holdsExpression(expression)) return;
  const problem = jsonataProblem(expression);
  if (problem !== undefined) problems.error(`Step ${step}: this is no JSONata: ${problem}.`, at, { step });
}

function checkInput(entry: CatalogEntry, name: string, input: Json, at: Path, step: string, problems: Problems): void {
  if (!isJsonObject(input)) return;
  for (const { path, message, key } of checkOptions(entry.options, input).problems) {
    problems.error(`Step ${step}, options of ${name}: ${message}.`, [...at, ...path], { step, ...(key && { key }) });
  }
}

/** Options that say nothing as they stand. */
function checkUse({ raw, at, key }: StepDraft, problems: Problems): void {
  const warn = (option: string, message: string) =>
    problems.warn(`Step ${key}: ${message}`, [...at, option], { step: key });
  if (raw.for_each === undefined) {
    for (const option of ['max_parallel', 'on_item_failure']) {
      if (raw[option] !== undefined) warn(option, `${option} is for steps with for_each. Without it it does nothing.`);
    }
  }
  if (raw.when === false || (typeof raw.when === 'string' && /^(\{\{)?\s*[Ff]alse\s*(\}\})?$/.test(raw.when.trim()))) {
    warn('when', 'it will never run, because its `when` is always false.');
  }
  if (Array.isArray(raw.for_each) && raw.for_each.length === 0)
    warn('for_each', 'it will do nothing, because for_each is an empty list.');
  const retry = raw.retry;
  if (isJsonObject(retry) && Number(retry.backoff_ms ?? 200) > Number(retry.max_backoff_ms ?? 30_000)) {
    warn('retry', 'backoff_ms is longer than max_backoff_ms, which it is cut to.');
  }
}

/** What undoes a step may name the step and what it depends on: anything else may not have been. */
function checkCompensation(draft: StepDraft, order: Dependencies, deps: CheckDeps): void {
  const { raw, at, key } = draft;
  if (!isJsonObject(raw.compensate)) return;
  const known = ancestorsOf(key, order);
  const input = [...at, 'compensate', 'input'];
  const place = {
    inputs: deps.inputs,
    steps: deps.ids,
    name: `Compensation of ${key}`,
    step: key,
    item: false,
    repair: false,
    run: true,
  };
  for (const mentioned of checkTree(raw.compensate.input, input, place, deps.problems)) {
    if (mentioned === key || known.has(mentioned)) continue;
    const message = `Compensation of ${key}: ${mentioned} need not have been done when it runs. It may name ${key} and what that depends on.`;
    deps.problems.error(message, input, { step: key });
  }
}

function checkRepair(draft: StepDraft, order: Dependencies, drafts: readonly StepDraft[], problems: Problems): void {
  const { raw, at, key } = draft;
  if (!isJsonObject(raw.repair) || typeof raw.repair.step !== 'string') return;
  const from = raw.repair.step;
  const place = [...at, 'repair', 'step'];
  if (!ancestorsOf(key, order).has(from)) {
    const near = didYouMean(from, ancestorsOf(key, order));
    const message = `Step ${key} is repaired by ${from}, which it does not depend on.${near} Name a step that comes before it.`;
    problems.error(message, place, { step: key });
    return;
  }
  const path = between(from, key, order);
  for (const other of drafts) {
    if (!path.has(other.key) || other.raw.for_each === undefined) continue;
    const message = `Step ${key} cannot be repaired by ${from}: ${other.key} on the way has for_each, whose items are done once.`;
    problems.error(message, place, { step: key });
  }
}
