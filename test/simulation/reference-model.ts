import type { NewEvent } from '../../src/core/event.ts';
import type { PlannedStep, StepBody } from '../../src/core/run.ts';
import {
  canReopen,
  canTransition,
  isFailedEnd,
  isFinalRunState,
  isFinalStepState,
  type RunState,
  type StepState,
} from '../../src/core/states.ts';

/** The run breaks a promise. */
class InvariantViolation extends Error {}

export function invariant(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new InvariantViolation(otherwise());
}

export interface ReferenceStep {
  readonly key: string;
  readonly plan: StepBody & Pick<PlannedStep, 'dependsOn'>;
  readonly role?: 'item' | 'compensation';
  readonly parent?: string;
  state: StepState;
  attempt: number;
  attemptsBefore: number;
  repairRounds: number;
  output: unknown;
  /** The result of an earlier run that it must have before anything else happens. */
  earlier?: EarlierResult | undefined;
}

type EarlierResult = Pick<ReferenceStep, 'state' | 'attempt' | 'output'>;

/** A run as its events alone describe it, in the simplest form. */
export interface ReferenceRun {
  state: RunState;
  cancelled: boolean;
  readonly steps: Map<string, ReferenceStep>;
  /** In the order in which they succeeded. */
  succeeded: string[];
  /** Id of the open approval, by step. */
  readonly open: Map<string, string>;
  readonly signals: Map<string, { received: number; taken: number }>;
  readonly seen: Set<string>;
  /** Keys in the order in which steps failed. */
  failed: string[];
  undone: boolean;
}

/** @param earlier the results that the first input must copy, by key */
export function createReferenceRun(
  steps: readonly PlannedStep[],
  earlier: ReadonlyMap<string, EarlierResult> = new Map(),
): ReferenceRun {
  const entries = steps.map((plan) => {
    return [plan.key, createReferenceStep(plan.key, plan, { earlier: earlier.get(plan.key) })] as const;
  });
  return {
    state: 'PENDING',
    cancelled: false,
    steps: new Map(entries),
    succeeded: [],
    open: new Map(),
    signals: new Map(),
    seen: new Set(),
    failed: [],
    undone: false,
  };
}

/**
 * What a rerun from a step has to copy from the run that has ended.
 * @returns undefined when another step has to be done again as well
 */
export function resultsToKeep(run: ReferenceRun, from: string): ReadonlyMap<string, EarlierResult> | undefined {
  const isRepeated = (step: ReferenceStep): boolean =>
    step.key === from || step.plan.dependsOn.some((need) => isRepeated(stepOf(run, need)));
  const results = new Map<string, EarlierResult>();
  for (const step of run.steps.values()) {
    const { key, state, attempt, output, plan, role } = step;
    if (role || state === 'SKIPPED' || isRepeated(step)) continue;
    if (state !== 'SUCCEEDED' && !plan.terms?.continueOnError) return undefined;
    results.set(key, { state, attempt, output });
  }
  return results;
}

function createReferenceStep(
  key: string,
  plan: ReferenceStep['plan'],
  more: Partial<ReferenceStep> = {},
): ReferenceStep {
  const fresh = { state: 'PENDING', attempt: 0, attemptsBefore: 0, repairRounds: 0, output: undefined } as const;
  return { key, plan, ...fresh, ...more };
}

/** Applies an event. @throws InvariantViolation when no run may do that */
export function applyToReference(run: ReferenceRun, event: NewEvent): void {
  const hasEnded = isFinalRunState(run.state);
  switch (event.type) {
    case 'RUN_STATE_CHANGED': {
      const { from, to, error } = event.payload;
      invariant(from === run.state, () => `the run moves from ${from}, and is ${run.state}`);
      invariant(!hasEnded || to === 'RUNNING', () => `the run is ${run.state} and becomes ${to}`);
      if (hasEnded) for (const step of run.steps.values()) step.repairRounds = 0;
      run.cancelled = !isFinalRunState(to) && error !== undefined;
      run.state = to;
      return;
    }
    case 'STEPS_ADDED':
      addSteps(run, event);
      return;
    case 'STEP_STATE_CHANGED':
      move(run, event);
      return;
    case 'APPROVAL_REQUESTED':
      invariant(!run.open.has(event.step ?? ''), () => `${event.step} has two open approvals`);
      return void run.open.set(event.step ?? '', event.payload.id);
    case 'APPROVAL_DECIDED':
      invariant(run.open.get(event.step ?? '') === event.payload.id, () => `${event.step} has no such approval`);
      return void run.open.delete(event.step ?? '');
    case 'SIGNAL_RECEIVED': {
      const { id, name } = event.payload;
      invariant(!run.seen.has(id), () => `the signal ${id} was received twice`);
      run.seen.add(id);
      countOf(run, name).received += 1;
      return;
    }
    default:
      invariant(!hasEnded, () => `${event.type} of a run that is ${run.state}`);
  }
}

function move(run: ReferenceRun, event: NewEvent & { type: 'STEP_STATE_CHANGED' }): void {
  const step = stepOf(run, event.step ?? '');
  const { key, plan } = step;
  const { from, to, attempt, output, input, wakeAt, repair } = event.payload;
  invariant(!isFinalRunState(run.state), () => `${key} moves in a run that is ${run.state}`);
  invariant(from === step.state, () => `${key} moves from ${from}, and is ${step.state}`);
  const { earlier } = step;
  if (earlier) {
    step.earlier = undefined;
    const isCopied = to === earlier.state && attempt === earlier.attempt && output === earlier.output;
    invariant(isCopied, () => `${key} is ${to}, and was ${earlier.state} in the earlier run`);
    Object.assign(step, earlier, { attemptsBefore: attempt });
    (isFailedEnd(to) ? run.failed : run.succeeded).push(key);
    return;
  }
  const allowed = to === 'PENDING' ? canReopen(from) : canTransition(from, to);
  invariant(allowed, () => `${key} moves from ${from} to ${to}`);
  invariant(
    attempt === step.attempt || attempt === step.attempt + 1,
    () => `${key} goes from attempt ${step.attempt} to ${attempt}`,
  );
  const tries = attempt - step.attemptsBefore;
  invariant(tries <= plan.maxAttempts, () => `${key} has ${tries} attempts of ${plan.maxAttempts}`);
  if (to === 'FAILED_RETRYABLE' && wakeAt !== undefined) {
    const { backoffMs = 1_000, maxBackoffMs = 60_000 } = plan.terms?.retry ?? {};
    const backoff = Math.min(maxBackoffMs, backoffMs * 2 ** (tries - 1));
    const waitMs = Date.parse(wakeAt) - event.at.getTime();
    invariant(
      waitMs >= Math.floor(backoff / 2) && waitMs <= backoff,
      () => `${key} waits ${waitMs} ms, not ${backoff / 2} to ${backoff}`,
    );
  }
  if (isFailedEnd(to)) run.failed.push(key);
  if (to === 'PENDING') {
    run.failed = run.failed.filter((one) => one !== key);
    step.attemptsBefore = attempt;
    if (from === 'SUCCEEDED') run.succeeded = run.succeeded.filter((one) => one !== key);
    if (repair) {
      const failed = stepOf(run, repair.step);
      const maxRounds = failed.plan.terms?.repair?.maxRounds ?? 0;
      invariant(
        repair.round === failed.repairRounds + 1 && repair.round <= maxRounds,
        () => `round ${repair.round} of ${maxRounds} for ${failed.key}`,
      );
      failed.repairRounds = repair.round;
    }
  }
  if (to === 'SUCCEEDED') {
    run.succeeded.push(key);
    const isParent = plan.terms?.forEach !== undefined && !step.role;
    if (plan.kind === 'SIGNAL' && !isParent) {
      const count = countOf(run, ((input ?? plan.input) as { readonly name: string }).name);
      count.taken += 1;
      invariant(count.taken <= count.received, () => `${key} took a signal that another step has`);
    }
  }
  Object.assign(step, { state: to, attempt, output });
}

function addSteps(run: ReferenceRun, { payload }: NewEvent & { type: 'STEPS_ADDED' }): void {
  for (const { key } of payload.steps) invariant(!run.steps.has(key), () => `there are two steps ${key}`);
  const parents = payload.steps.filter(({ role }) => role === 'compensation').map(({ parent }) => parent);
  if (parents.length > 0) {
    invariant(!run.undone, () => 'the run is undone twice');
    run.undone = true;
    const expected = run.succeeded.filter((key) => !stepOf(run, key).role && stepOf(run, key).plan.terms?.compensate);
    invariant(`${parents}` === `${expected.reverse()}`, () => `the run undoes ${parents}, not ${expected}`);
  }
  for (const added of payload.steps) {
    const { plan } = stepOf(run, added.parent);
    const { role, parent } = added;
    const body = role === 'item' ? plan : (plan.terms?.compensate ?? plan);
    const dependsOn = role === 'item' ? [] : added.dependsOn;
    run.steps.set(added.key, createReferenceStep(added.key, { ...body, dependsOn }, { role, parent }));
  }
}

export function stepOf(run: ReferenceRun, key: string): ReferenceStep {
  const step = run.steps.get(key);
  if (!step) throw new InvariantViolation(`there is no step ${key}`);
  return step;
}

function countOf(run: ReferenceRun, name: string) {
  const count = run.signals.get(name) ?? { received: 0, taken: 0 };
  run.signals.set(name, count);
  return count;
}

/** A planned step failed, or somebody cancelled the run. */
export function isEnding(run: ReferenceRun): boolean {
  return run.cancelled || [...run.steps.values()].some((step) => failsRun(step));
}

export function failsRun({ role, state, plan }: ReferenceStep): boolean {
  return !role && isFailedEnd(state) && !plan.terms?.continueOnError;
}

/** The steps that it depends on allow it to begin. */
export function mayBegin(run: ReferenceRun, { role, parent, plan }: ReferenceStep): boolean {
  const needs = plan.dependsOn.map((key) => stepOf(run, key));
  if (role === 'item') return stepOf(run, parent ?? '').state === 'RUNNING';
  if (role === 'compensation') return needs.every(({ state }) => isFinalStepState(state));
  return needs.every(
    ({ state, plan: { terms } }) =>
      state === 'SUCCEEDED' || state === 'SKIPPED' || (isFinalStepState(state) && terms?.continueOnError === true),
  );
}
