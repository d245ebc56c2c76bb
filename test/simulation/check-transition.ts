import type { NewEvent } from '../../src/core/event.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type StepState } from '../../src/core/states.ts';
import type { MachineInput } from '../../src/engine/model/machine-input.ts';
import type { RunAggregate } from '../../src/engine/model/run-aggregate.ts';
import {
  applyToReference,
  failsRun,
  invariant,
  isEnding,
  mayBegin,
  type ReferenceRun,
  stepOf,
} from './reference-model.ts';

const ACTIVE_STATES: readonly StepState[] = ['SCHEDULED', 'DISPATCHED', 'RUNNING'];

/**
 * Applies the events of one input to the reference model, and checks what the run promises at each event.
 * @throws InvariantViolation
 */
export function checkTransition(
  reference: ReferenceRun,
  input: MachineInput,
  events: readonly NewEvent[],
  run: RunAggregate,
): void {
  for (const event of events) {
    if (event.type === 'STEP_STATE_CHANGED' && input.type !== 'denied') checkBegin(reference, event);
    applyToReference(reference, event);
  }
  if (input.type === 'denied') checkDenied(reference, input.step);
  for (const step of run.steps.values()) {
    const { key, state, output, earlier } = stepOf(reference, step.key);
    invariant(
      step.state === state && step.output === output,
      () => `${key} is ${step.state}, and its events say ${state}`,
    );
    invariant(!earlier, () => `${key} does not have its result of the earlier run`);
  }
  for (const [parent, { steps }] of run.items) {
    const limit = stepOf(reference, parent).plan.terms?.maxParallel ?? steps.length;
    const inProgress = steps.filter(({ state }) => state !== 'PENDING' && !isFinalStepState(state)).length;
    invariant(inProgress <= limit, () => `${inProgress} items of ${parent} are in progress; the limit is ${limit}`);
  }
}

function checkDenied(reference: ReferenceRun, denied: string | undefined): void {
  invariant(reference.state === 'DENIED', () => `the run was denied, and is ${reference.state}`);
  for (const { key, state } of reference.steps.values()) {
    const expected = key === denied ? 'DENIED' : 'SKIPPED';
    invariant(state === expected, () => `the run was denied, and ${key} is ${state}`);
  }
}

function checkBegin(run: ReferenceRun, { step: key = '', payload }: NewEvent & { type: 'STEP_STATE_CHANGED' }): void {
  const { from, to } = payload;
  const step = stepOf(run, key);
  if (step.earlier) return;
  const isStopped = to === 'SKIPPED' || to === 'CANCELLED';
  if (from === 'PENDING' && !isStopped) {
    invariant(mayBegin(run, step), () => `${key} begins before the steps that it depends on`);
    if (step.role === 'compensation') {
      invariant(
        stepOf(run, step.parent ?? '').state === 'SUCCEEDED',
        () => `${key} undoes a step that did not succeed`,
      );
    }
  }
  const begins = ACTIVE_STATES.includes(to) && !ACTIVE_STATES.includes(from);
  if (begins && step.role !== 'compensation')
    invariant(!isEnding(run), () => `${key} begins although the run is ending`);
  if (begins && step.role === 'compensation')
    invariant(isEnding(run), () => `${key} begins although the run continues`);
}

/** Checks what must hold when nothing more will happen. @throws InvariantViolation */
export function checkEnd(reference: ReferenceRun, run: RunAggregate): void {
  invariant(isFinalRunState(run.record.state), () => `nothing more will happen, and the run is ${run.record.state}`);
  invariant(reference.open.size === 0, () => `${[...reference.open.keys()]} still waits for an approval`);
  for (const { key, state, role, plan } of reference.steps.values()) {
    invariant(isFinalStepState(state), () => `the run has ended, and ${key} is ${state}`);
    if (run.record.state !== 'SUCCEEDED') continue;
    const mayFail = role === 'item' || plan.terms?.continueOnError === true;
    const isSkipped = state === 'SKIPPED' && (plan.terms?.when === 'false' || role === 'item');
    invariant(
      state === 'SUCCEEDED' || isSkipped || (mayFail && isFailedEnd(state)),
      () => `the run succeeded, and ${key} is ${state}`,
    );
  }
  const hasFailed = [...reference.steps.values()].some((step) => failsRun(step));
  invariant(!(hasFailed && run.record.state === 'SUCCEEDED'), () => 'a step failed, and the run succeeded');
  const culprit = run.record.error?.step;
  const first = reference.failed.find((key) => failsRun(stepOf(reference, key)));
  invariant(
    culprit === undefined || culprit === first,
    () => `the run ended for ${culprit}, and ${first} failed first`,
  );
  invariant(
    (run.record.error === undefined) === (run.record.state === 'SUCCEEDED'),
    () => `${run.record.state} without a reason`,
  );
}
