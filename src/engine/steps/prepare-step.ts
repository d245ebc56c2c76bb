import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { referencesPreviousOutput, substitutePreviousOutput } from '../../commands/definition/previous-output.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { Clock } from '../../core/clock.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Decision } from '../../core/policy.ts';
import type { Resources } from '../../core/resource.ts';
import type { StepOutput, StepRecord } from '../../core/run.ts';
import type { Logger } from '../../core/telemetry.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { evaluate, evaluateCondition, evaluateExpression } from '../../workflow/expressions/evaluate.ts';
import { referencesIn, referencesInExpression } from '../../workflow/expressions/references.ts';
import type { ExpressionScope } from '../../workflow/model/expression-scope.ts';
import { stepAccessRequests } from '../capabilities/access-requests.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { Gate } from '../gate/gate.ts';
import { actorOf } from '../model/actor.ts';
import type { Preparation } from '../model/machine-input.ts';
import { type MutableStep, plannedInput, type RunAggregate } from '../model/run-aggregate.ts';
import { isBatch } from '../outputs/batch-items.ts';
import { buildExpressionScope, type ScopeDeps } from '../outputs/expression-scope.ts';
import type { OutputCache } from '../outputs/output-cache.ts';
import { outputContent, outputUri } from '../outputs/output-json.ts';
import { toFailure } from '../outputs/to-failure.ts';
import { validateEvaluated } from './validate-evaluated.ts';

export interface PrepareDeps extends ScopeDeps {
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly cpu: CpuPool;
  readonly cache: OutputCache;
  readonly logger: Logger;
  /** The items of a `for_each` with `batch`. */
  storeBatches(run: RunAggregate, step: MutableStep, value: Json): Promise<Preparation>;
  /** The decisions made before the run began, by step. */
  readonly admitted: WeakMap<RunAggregate, ReadonlyMap<string, readonly Decision[]>>;
}

/** Maximum of items of one `for_each`. */
const MAX_ITEMS = 10_000;

/**
 * Prepares a step that may start: evaluates its expressions, then asks the policy about the result.
 * @returns a promise only when something must be read first
 * @throws Fault for expressions that fail and invalid options
 */
export function prepareStep(
  deps: PrepareDeps,
  run: RunAggregate,
  step: MutableStep,
): Preparation | Promise<Preparation> {
  const { terms } = step;
  const isItem = step.role === 'item';
  const needsScope = terms?.evaluate || terms?.cache || (!isItem && (terms?.when ?? terms?.forEach) !== undefined);
  if (needsScope) return prepareWithExpressions(deps, run, step);
  const previous = run.record.kind === 'PIPELINE' ? previousOutput(run, step) : undefined;
  if (!previous) return prepareWithInput(deps, run, step, undefined);
  if (step.kind !== 'AGENT') return prepareWithInput(deps, run, step, inputWithPrevious(deps, run, step, previous));
  return withPreviousContext(deps, run, step, previous).then((input) => prepareWithInput(deps, run, step, input));
}

function previousOutput(run: RunAggregate, { dependsOn }: MutableStep): StepOutput | undefined {
  const [previous] = dependsOn;
  return previous === undefined ? undefined : run.steps.get(previous)?.output;
}

/** An agent of a pipeline has the output of the previous step in its context. */
async function withPreviousContext(
  deps: PrepareDeps,
  run: RunAggregate,
  step: MutableStep,
  output: StepOutput,
): Promise<Json> {
  const input = objectOf(plannedInput(run, step) ?? {});
  const context = isJsonObject(input.context ?? null) ? (input.context as JsonObject) : {};
  const previous = await outputContent(output, deps.artifacts);
  return { ...input, context: { ...context, previous } };
}

/** In a pipeline, the options with the output of the previous step; undefined unless they refer to it. */
function inputWithPrevious(
  { capabilities }: PrepareDeps,
  run: RunAggregate,
  step: MutableStep,
  output: StepOutput,
): Json | undefined {
  const input = plannedInput(run, step);
  if (!isJsonObject(input) || !referencesPreviousOutput(input)) return undefined;
  const command = capabilities.of(step);
  return command && validateOptions(command as AnyCommand, substitutePreviousOutput(command, input, outputUri(output)));
}

async function prepareWithExpressions(deps: PrepareDeps, run: RunAggregate, step: MutableStep): Promise<Preparation> {
  const { terms = {} } = step;
  const cpu = deps.cpu.of(run.record.principal);
  const input = plannedInput(run, step);
  const isItem = step.role === 'item';
  // The condition and the list of a `for_each` were evaluated before its items.
  const when = isItem ? undefined : terms.when;
  const forEach = isItem ? undefined : terms.forEach;
  if (when !== undefined) {
    const scope = await buildExpressionScope(deps, run, step, [referencesInExpression(when)]);
    if (!(await evaluateCondition(when, scope, cpu))) return { type: 'skip' };
  }
  if (forEach !== undefined) {
    const scope = await buildExpressionScope(deps, run, step, [referencesInExpression(forEach)]);
    const items = await evaluateExpression(forEach, scope, cpu);
    return terms.batch === undefined ? { type: 'items', items: listOf(items) } : deps.storeBatches(run, step, items);
  }
  const references = [referencesIn(input ?? null), ...(terms.cache ? [referencesIn(terms.cache.key)] : [])];
  const scope = await buildExpressionScope(deps, run, step, references);
  const value = terms.evaluate ? await evaluate(input ?? null, scope, cpu) : undefined;
  const prepared = withoutItems(step, prepareWithInput(deps, run, step, value));
  return prepared.type === 'ready' && terms.cache
    ? takeFromCache(deps, run, step, terms.cache, scope, prepared)
    : prepared;
}

/** The input of a batch may hold all its items: it is evaluated again when the step begins, and not recorded. */
function withoutItems(step: MutableStep, prepared: Preparation): Preparation {
  if (!isBatch(step) || (prepared.type !== 'ready' && prepared.type !== 'ask') || step.kind === 'APPROVAL')
    return prepared;
  const { input: _, ...rest } = prepared;
  return rest;
}

async function takeFromCache(
  deps: PrepareDeps,
  run: RunAggregate,
  step: MutableStep,
  cache: { readonly key: string; readonly ttlMs: number },
  scope: ExpressionScope,
  prepared: Preparation,
): Promise<Preparation> {
  const key = JSON.stringify([
    run.record.principal.tenant,
    step.capability,
    await evaluate(cache.key, scope, deps.cpu.of(run.record.principal)),
  ]);
  const output = deps.cache.find(step, key, cache.ttlMs);
  if (!output) return prepared;
  const { input, decisions } = prepared;
  return { type: 'made', output, ...(decisions && { decisions }), ...(input !== undefined && { input }) };
}

function listOf(value: Json): readonly Json[] {
  if (!Array.isArray(value))
    throw new Fault(
      'BAD_INPUT',
      `for_each requires a list; received ${value === null ? 'null' : typeof value}. Wrap the value in [ ].`,
    );
  if (value.length > MAX_ITEMS) {
    throw new Fault(
      'BAD_INPUT',
      `for_each takes at most ${MAX_ITEMS} items; received ${value.length}. Split the list, or set batch.`,
    );
  }
  return value;
}

/** @param value the evaluated input; undefined when it is as planned */
function prepareWithInput(
  deps: PrepareDeps,
  run: RunAggregate,
  step: MutableStep,
  value: Json | undefined,
): Preparation {
  const raw = value ?? plannedInput(run, step) ?? run.record.inputs;
  const { kind } = step;
  // Inputs without expressions were validated when they were planned; `$previous.output` just now.
  const check = step.terms?.evaluate === true && kind !== 'AGENT' && deps.capabilities.of(step);
  const options = check ? validateEvaluated(check as AnyCommand, objectOf(raw)) : raw;
  const input = check ? options : value;
  const recorded = input === undefined ? {} : { input };

  const authorization = authorizeStep(deps, run, step, isJsonObject(options) ? options : {});
  if ('type' in authorization) return { ...authorization, ...recorded };
  const passed = { decisions: authorization.decisions, ...recorded };
  switch (kind) {
    case 'APPROVAL':
      return { type: 'ask', ...passed, ...parseApproval(objectOf(raw), deps.clock) };
    case 'SLEEP':
      return { type: 'sleep', ...passed, until: parseWakeTime(objectOf(raw), deps.clock) };
    case 'SIGNAL':
      return { type: 'await', ...passed, input: raw, ...parseSignalWait(objectOf(raw), deps.clock) };
    case 'WORKFLOW':
      return { type: 'ready', ...passed, childId: newId('run') };
    default:
      return { type: 'ready', ...passed };
  }
}

/** Asks about every resource that the step names. */
function authorizeStep(
  deps: PrepareDeps,
  run: RunAggregate,
  step: MutableStep,
  options: JsonObject,
): { readonly decisions: readonly Decision[] } | Preparation {
  const admitted = deps.admitted.get(run)?.get(step.key);
  if (admitted) return { decisions: admitted };
  const isApproved = run.bookkeeping.get(step.key)?.approved === true;
  const requests = stepAccessRequests(deps, step, options);
  const actor = actorOf(run.record);
  const result = deps.gate.askAll(actor, requests, isApproved);
  const { decisions } = result;
  switch (result.type) {
    case 'allowed':
      return { decisions };
    case 'denied':
      return {
        type: 'refused',
        decisions: decisions.slice(0, result.index + 1),
        failure: toFailure(result.fault, deps.logger, {}),
      };
    case 'throttled': {
      const until = new Date(deps.clock.now().getTime() + (result.fault.retryAfterMs ?? 1_000));
      // The journal has the decisions once, however often the step is throttled.
      return { type: 'throttled', until, ...(step.state !== 'WAITING' && { decisions }) };
    }
    case 'approval': {
      // Once approved, other kinds begin without being prepared again: they take their tokens now.
      const isPreparedAgain = step.kind === 'SLEEP' || step.kind === 'SIGNAL';
      if (!isPreparedAgain) deps.gate.askAll(actor, requests, true);
      return { type: 'ask', decisions, reason: result.fault.message };
    }
  }
}

function objectOf(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Fault('BAD_INPUT', 'The input of this step must be an object.', { path: ['input'] });
}

function parseApproval({ reason, roles, expires_ms: expiresMs }: JsonObject, clock: Clock) {
  if (typeof reason !== 'string' || reason.length === 0 || reason.length > 4_096) {
    throw new Fault('BAD_INPUT', 'An approval needs a reason: text of at most 4,096 characters.', { path: ['reason'] });
  }
  if (roles !== undefined && !(Array.isArray(roles) && roles.every((role) => typeof role === 'string'))) {
    throw new Fault('BAD_INPUT', 'The roles of an approval must be a list of names.', { path: ['roles'] });
  }
  return {
    reason,
    ...(roles !== undefined && { roles: roles as readonly string[] }),
    ...(expiresMs !== undefined && { expiresAt: timeAfter(expiresMs, clock, 'expires_ms') }),
  };
}

function parseWakeTime({ ms, until }: JsonObject, clock: Clock): Date {
  if (until === undefined) return timeAfter(ms ?? null, clock, 'ms');
  const at = new Date(typeof until === 'string' ? until : Number.NaN);
  if (Number.isNaN(at.getTime())) {
    throw new Fault('BAD_INPUT', '`until` must be an RFC 3339 time, such as 2026-11-25T08:00:00Z.', {
      path: ['until'],
    });
  }
  return at;
}

function parseSignalWait({ name, timeout_ms: timeoutMs }: JsonObject, clock: Clock) {
  if (typeof name !== 'string' || name === '') {
    throw new Fault('BAD_INPUT', 'A step that waits for a signal must name it.', { path: ['name'] });
  }
  return { name, ...(timeoutMs !== undefined && { until: timeAfter(timeoutMs, clock, 'timeout_ms') }) };
}

const MAX_WAIT_MS = 366 * 86_400_000;

function timeAfter(ms: Json, clock: Clock, name: string): Date {
  if (typeof ms === 'number' && ms >= 0 && ms <= MAX_WAIT_MS) return new Date(clock.now().getTime() + ms);
  throw new Fault('BAD_INPUT', `\`${name}\` must be a number of milliseconds, at most 366 days.`, { path: [name] });
}

/** The input that a step runs with. */
export function inputOf(run: RunAggregate, step: StepRecord): JsonObject {
  return objectOf(step.input ?? run.record.inputs);
}
