import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { agentTemplates } from '../inputs/agent-input.ts';
import { checkOptions } from '../inputs/check-options.ts';
import { checkTypes } from '../inputs/check-types.ts';
import type { InputSchema } from '../inputs/input-schema.ts';
import type { Catalog } from '../model/catalog.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { MAX_REPAIRS } from '../model/workflow-limits.ts';
import { explicitDependencies, type StepDraft } from '../steps/step-draft.ts';
import { ancestorsOf, type Dependencies, findCycles, stepsBetween } from '../steps/step-order.ts';
import { checkCapability } from './check-capability.ts';
import { checkBareExpression, checkTemplates, type ReferenceContext } from './check-references.ts';
import { createExpressionChecker, type ExpressionChecker } from './expression-checker.ts';
import { knownNames, namesOfStep } from './known-types.ts';

export interface StepCheckDeps {
  readonly catalog: Catalog;
  readonly inputs: InputSchema;
  /** All ids of the document. */
  readonly ids: ReadonlySet<string>;
  readonly engine: ExpressionChecker;
  readonly problems: Problems;
}

/** Checks what steps refer to and how they depend on each other. @returns the steps with all their dependencies */
export function checkSteps(drafts: readonly StepDraft[], deps: StepCheckDeps): readonly StepDraft[] {
  const repairs = drafts.filter(({ raw }) => isJsonObject(raw.repair) && typeof raw.repair.step === 'string');
  if (repairs.length > MAX_REPAIRS) {
    deps.problems.error(`${repairs.length} steps have repair; the maximum is ${MAX_REPAIRS}. Split the workflow.`, [
      'steps',
    ]);
    return drafts;
  }
  const rerunnable = rerunnableSteps(drafts, repairs, deps);
  const linked = drafts.map((draft) => {
    const named = explicitDependencies(draft, deps.ids, deps.problems);
    const mentioned = checkExpressions(draft, rerunnable.has(draft.key), deps);
    return { ...draft, dependsOn: [...new Set([...named, ...mentioned])] };
  });
  const names = knownNames(deps.inputs, drafts, deps.catalog);
  const order: Dependencies = new Map(linked.map((draft) => [draft.key, draft.dependsOn]));
  const cycles = findCycles(order);
  for (const cycle of cycles) reportCycle(cycle, linked, deps.problems);
  for (const draft of linked) {
    if (draft.fits) {
      checkCapability(draft.raw, draft.at, draft.key, { ...deps, names: namesOfStep(names, draft) });
      if (isJsonObject(draft.raw.compensate))
        checkCapability(draft.raw.compensate, [...draft.at, 'compensate'], draft.key, { ...deps, names });
      checkPool(draft, deps);
      checkMemoryInPool(draft, deps);
      checkSource(draft, names, deps);
      warnUnusedOptions(draft, deps.problems);
    }
    if (cycles.length > 0) continue;
    checkCompensation(draft, order, deps);
    checkRepair(draft, order, linked, deps.problems);
  }
  return linked;
}

/** Steps that may run again with `repair`: the one that repairs, the repaired one, and those between. */
function rerunnableSteps(
  drafts: readonly StepDraft[],
  repairs: readonly StepDraft[],
  deps: StepCheckDeps,
): ReadonlySet<string> {
  if (repairs.length === 0) return new Set();
  // Dependencies by expression are not known yet: they are collected here without reporting problems.
  const silent: Problems = { error() {}, warn() {}, pathText: () => '', failed: () => false, list: () => [] };
  const silentDeps = { ...deps, problems: silent, engine: createExpressionChecker() };
  const order: Dependencies = new Map(
    drafts.map((draft) => [
      draft.key,
      [...explicitDependencies(draft, deps.ids, silent), ...checkExpressions(draft, true, silentDeps)],
    ]),
  );
  return new Set(
    repairs.flatMap(({ key, raw }) => [...stepsBetween((raw.repair as { step: string }).step, key, order)]),
  );
}

/** @returns the steps that its expressions refer to, those of its compensation excepted */
function checkExpressions(draft: StepDraft, repair: boolean, deps: StepCheckDeps): ReadonlySet<string> {
  const { raw, at, key } = draft;
  const base: ReferenceContext = {
    inputs: deps.inputs,
    steps: deps.ids,
    engine: deps.engine,
    name: `Step ${key}`,
    step: key,
    item: false,
    repair,
    run: true,
  };
  const inner = { ...base, item: raw.for_each !== undefined };
  const steps = new Set<string>();
  const add = (keys: ReadonlySet<string>) => {
    for (const one of keys) steps.add(one);
  };
  for (const [value, path] of templateValues(raw, at)) add(checkTemplates(value, path, inner, deps.problems));
  if (isJsonObject(raw.cache)) add(checkTemplates(raw.cache.key, [...at, 'cache', 'key'], inner, deps.problems));
  if (typeof raw.when === 'string') add(checkBareExpression(raw.when, [...at, 'when'], base, deps.problems));
  if (typeof raw.for_each === 'string')
    add(checkBareExpression(raw.for_each, [...at, 'for_each'], base, deps.problems));
  else add(checkTemplates(raw.for_each, [...at, 'for_each'], base, deps.problems));
  return steps;
}

/** The values of a step or a compensation whose strings may hold expressions. */
function templateValues(
  { input, agent }: JsonObject,
  at: DocumentPath,
): readonly (readonly [Json | undefined, DocumentPath])[] {
  const inputValue = [input, [...at, 'input']] as const;
  return isJsonObject(agent) ? [inputValue, [agentTemplates(agent), [...at, 'agent']]] : [inputValue];
}

function reportCycle(cycle: readonly string[], drafts: readonly StepDraft[], problems: Problems): void {
  const first = drafts.find(({ key }) => key === cycle[0]);
  const listed = first?.raw.depends_on;
  const byName = Array.isArray(listed) && listed.includes(cycle[1] ?? '');
  const at = first ? [...first.at, byName ? 'depends_on' : 'input'] : ['steps'];
  const message = `These steps depend on each other: ${cycle.join(' → ')}. Remove one of the dependencies.`;
  problems.error(message, at, first ? { step: first.key } : {});
}

function checkPool({ raw, at, key }: StepDraft, { catalog, problems }: StepCheckDeps): void {
  const { pool } = raw;
  const { pools } = catalog.names;
  if (typeof pool !== 'string' || pools.includes(pool)) return;
  const hint = pools.length === 0 ? 'This server has no pools.' : `Pools of this server: ${pools.join(', ')}.`;
  problems.error(() => `Step ${key}: there is no pool ${pool}.${didYouMean(pool, pools)} ${hint}`, [...at, 'pool'], {
    step: key,
  });
}

/** Memories are in the database, which workers do not have. */
function checkMemoryInPool({ raw, at, key }: StepDraft, { catalog, problems }: StepCheckDeps): void {
  const { pool, agent } = raw;
  const uri = isJsonObject(agent) ? agent.memory_uri : undefined;
  if (typeof pool !== 'string' || catalog.topicOf(pool) === undefined || typeof uri !== 'string') return;
  const message = `Step ${key}: agents on workers have no memories, and the pool ${pool} is on workers. Remove memory_uri, or the pool.`;
  if (/^memory:/i.test(uri)) problems.error(message, [...at, 'agent', 'memory_uri'], { step: key });
  // It may become the URI of a file, which a worker may have.
  else if (uri.startsWith('{{')) problems.warn(message, [...at, 'agent', 'memory_uri'], { step: key });
}

/** Checks a `for_each` over a source. */
function checkSource({ raw, at, key }: StepDraft, names: JsonObject, { catalog, problems }: StepCheckDeps): void {
  const { for_each: source, batch } = raw;
  const path = [...at, 'for_each'];
  if (!isJsonObject(source)) return;
  const add = (message: string, inner: readonly string[] = []) =>
    problems.error(`Step ${key}, for_each: ${message}`, [...path, ...inner], { step: key });
  if (batch === undefined) add('a source is read in batches. Set batch to the number of items of one.');
  const options = catalog.command('convertToJson')?.options;
  if (!options) return;
  for (const problem of [...checkOptions(options, source).problems, ...checkTypes(options, source, names)]) {
    add(problem.message(), problem.path);
  }
}

/** Warns of options without an effect. */
function warnUnusedOptions({ raw, at, key }: StepDraft, problems: Problems): void {
  const warn = (option: string, message: string) =>
    problems.warn(`Step ${key}: ${message}`, [...at, option], { step: key });
  if (raw.for_each === undefined) {
    for (const option of ['batch', 'max_parallel', 'on_item_failure']) {
      if (raw[option] !== undefined)
        warn(option, `${option} has no effect without for_each. Remove it, or add for_each.`);
    }
  }
  if (raw.when === false || (typeof raw.when === 'string' && /^(\{\{)?\s*[Ff]alse\s*(\}\})?$/.test(raw.when.trim()))) {
    warn('when', 'it never runs, because its `when` is always false.');
  }
  if (Array.isArray(raw.for_each) && raw.for_each.length === 0)
    warn('for_each', 'it does nothing, because for_each is an empty list.');
  const retry = raw.retry;
  if (isJsonObject(retry) && Number(retry.backoff_ms ?? 200) > Number(retry.max_backoff_ms ?? 30_000)) {
    warn('retry', 'backoff_ms is longer than max_backoff_ms, so every wait is max_backoff_ms.');
  }
}

/** A compensation may refer to its step and what that depends on: other steps may not have run. */
function checkCompensation(draft: StepDraft, order: Dependencies, deps: StepCheckDeps): void {
  const { raw, at, key } = draft;
  if (!isJsonObject(raw.compensate)) return;
  const ancestors = ancestorsOf(key, order);
  const context: ReferenceContext = {
    inputs: deps.inputs,
    steps: deps.ids,
    engine: deps.engine,
    name: `Compensation of ${key}`,
    step: key,
    item: false,
    repair: false,
    run: true,
  };
  for (const [value, path] of templateValues(raw.compensate, [...at, 'compensate'])) {
    for (const other of checkTemplates(value, path, context, deps.problems)) {
      if (other === key || ancestors.has(other)) continue;
      const message = `Compensation of ${key}: ${other} may not have run by then. Refer only to ${key} and the steps that it depends on.`;
      deps.problems.error(message, path, { step: key });
    }
  }
}

function checkRepair(draft: StepDraft, order: Dependencies, drafts: readonly StepDraft[], problems: Problems): void {
  const { raw, at, key } = draft;
  if (!isJsonObject(raw.repair) || typeof raw.repair.step !== 'string') return;
  const from = raw.repair.step;
  const path = [...at, 'repair', 'step'];
  if (!ancestorsOf(key, order).has(from)) {
    const near = didYouMean(from, ancestorsOf(key, order));
    const message = `Step ${key} is repaired by ${from}, which it does not depend on.${near} Name a step that it depends on.`;
    problems.error(message, path, { step: key });
    return;
  }
  const between = stepsBetween(from, key, order);
  for (const other of drafts) {
    if (!between.has(other.key) || other.raw.for_each === undefined) continue;
    const message = `Step ${key} cannot be repaired by ${from}: ${other.key} on the way has for_each, whose items run only once. Name a later step.`;
    problems.error(message, path, { step: key });
  }
}
