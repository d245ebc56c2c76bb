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

/** The run does what it must not do. */
export class InvariantViolation extends Error {}

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
  triedBefore: number;
  rounds: number;
  output: unknown;
}

/** What an onlooker knows of a run by its events alone, and in the plainest way. */
export interface ReferenceRun {
  state: RunState;
  cancelled: boolean;
  readonly steps: Map<string, ReferenceStep>;
  /** In the order in which they succeeded. */
  succeeded: string[];
  /** Id of what is asked for each step. */
  readonly open: Map<string, string>;
  readonly signals: Map<string, { received: number; taken: number }>;
  readonly seen: Set<string>;
  /** Keys in the order in which steps ended badly. */
  failed: string[];
  undone: boolean;
}

export function createReferenceRun(steps: readonly PlannedStep[]): ReferenceRun {
  const shadows = steps.map((plan) => [plan.key, createReferenceStep(plan.key, plan)] as const);
  return {
    ...{ state: 'PENDING', cancelled: false, succeeded: [], failed: [], undone: false },
    ...{ steps: new Map(shadows), open: new Map(), signals: new Map(), seen: new Set() },
  };
}

function createReferenceStep(
  key: string,
  plan: ReferenceStep['plan'],
  more: Partial<ReferenceStep> = {},
): ReferenceStep {
  const fresh = { state: 'PENDING', attempt: 0, triedBefore: 0, rounds: 0, output: undefined } as const;
  return { key, plan, ...fresh, ...more };
}

/** Moves the shadow on. @throws Violation when no run may do that, in whatever order its events were recorded */
export function applyToReference(run: ReferenceRun, event: NewEvent): void {
  const isOver = isFinalRunState(run.state);
  switch (event.type) {
    case 'RUN_STATE_CHANGED': {
      const { from, to, error } = event.payload;
      invariant(from === run.state, () => `the run moves from ${from}, and is ${run.state}`);
      invariant(!isOver || to === 'RUNNING', () => `the run is ${run.state} and becomes ${to}`);
      if (isOver) for (const step of run.steps.values()) step.rounds = 0;
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
      invariant(!run.open.has(event.step ?? ''), () => `${event.step} is asked about twice`);
      return void run.open.set(event.step ?? '', event.payload.id);
    case 'APPROVAL_DECIDED':
      invariant(run.open.get(event.step ?? '') === event.payload.id, () => `${event.step} was not asked about`);
      return void run.open.delete(event.step ?? '');
    case 'SIGNAL_RECEIVED': {
      const { id, name } = event.payload;
      invariant(!run.seen.has(id), () => `the signal ${id} was received twice`);
      run.seen.add(id);
      countOf(run, name).received += 1;
      return;
    }
    default:
      invariant(!isOver, () => `${event.type} of a run that is ${run.state}`);
  }
}

function move(run: ReferenceRun, event: NewEvent & { type: 'STEP_STATE_CHANGED' }): void {
  const step = stepOf(run, event.step ?? '');
  const { key, plan } = step;
  const { from, to, attempt, output, input, wakeAt, repair } = event.payload;
  invariant(!isFinalRunState(run.state), () => `${key} moves in a run that is ${run.state}`);
  invariant(from === step.state, () => `${key} moves from ${from}, and is ${step.state}`);
  const allowed = to === 'PENDING' ? canReopen(from) : canTransition(from, to);
  invariant(allowed, () => `${key} moves from ${from} to ${to}`);
  invariant(
    attempt === step.attempt || attempt === step.attempt + 1,
    () => `${key} goes from attempt ${step.attempt} to ${attempt}`,
  );
  const tries = attempt - step.triedBefore;
  invariant(tries <= plan.maxAttempts, () => `${key} is tried ${tries} times of ${plan.maxAttempts}`);
  if (to === 'FAILED_RETRYABLE' && wakeAt !== undefined) {
    const { backoffMs = 1_000, maxBackoffMs = 60_000 } = plan.terms?.retry ?? {};
    const whole = Math.min(maxBackoffMs, backoffMs * 2 ** (tries - 1));
    const waits = Date.parse(wakeAt) - event.at.getTime();
    invariant(
      waits >= Math.floor(whole / 2) && waits <= whole,
      () => `${key} waits ${waits} ms, not ${whole / 2} to ${whole}`,
    );
  }
  if (isFailedEnd(to)) run.failed.push(key);
  if (to === 'PENDING') {
    run.failed = run.failed.filter((one) => one !== key);
    step.triedBefore = attempt;
    if (from === 'SUCCEEDED') run.succeeded = run.succeeded.filter((one) => one !== key);
    if (repair) {
      const failed = stepOf(run, repair.step);
      const most = failed.plan.terms?.repair?.maxRounds ?? 0;
      invariant(
        repair.round === failed.rounds + 1 && repair.round <= most,
        () => `round ${repair.round} of ${most} for ${failed.key}`,
      );
      failed.rounds = repair.round;
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
  const undoing = payload.steps.filter(({ role }) => role === 'compensation').map(({ parent }) => parent);
  if (undoing.length > 0) {
    invariant(!run.undone, () => 'the run is undone twice');
    run.undone = true;
    const wanted = run.succeeded.filter((key) => !stepOf(run, key).role && stepOf(run, key).plan.terms?.compensate);
    invariant(`${undoing}` === `${wanted.reverse()}`, () => `undone is ${undoing}, not ${wanted}`);
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

/** A planned step ended badly, or somebody cancelled. */
export function isEnding(run: ReferenceRun): boolean {
  return run.cancelled || [...run.steps.values()].some((step) => failsRun(step));
}

export function failsRun({ role, state, plan }: ReferenceStep): boolean {
  return !role && isFailedEnd(state) && !plan.terms?.continueOnError;
}

/** What it needs went well enough for it to begin. */
export function mayBegin(run: ReferenceRun, { role, parent, plan }: ReferenceStep): boolean {
  const needs = plan.dependsOn.map((key) => stepOf(run, key));
  if (role === 'item') return stepOf(run, parent ?? '').state === 'RUNNING';
  if (role === 'compensation') return needs.every(({ state }) => isFinalStepState(state));
  return needs.every(
    ({ state, plan: { terms } }) =>
      state === 'SUCCEEDED' || state === 'SKIPPED' || (isFinalStepState(state) && terms?.continueOnError === true),
  );
}
