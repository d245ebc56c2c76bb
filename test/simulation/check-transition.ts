import type { NewEvent } from '../../src/core/event.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type StepState } from '../../src/core/states.ts';
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

const AT_WORK: readonly StepState[] = ['SCHEDULED', 'DISPATCHED', 'RUNNING'];

/**
 * Moves the shadow on by what came of one signal, and holds the run to what it promises at each event.
 * @throws Violation
 */
export function checkTransition(run: ReferenceRun, events: readonly NewEvent[], live: RunAggregate): void {
  for (const event of events) {
    if (event.type === 'STEP_STATE_CHANGED') checkBegin(run, event);
    applyToReference(run, event);
  }
  for (const step of live.steps.values()) {
    const { key, state, output } = stepOf(run, step.key);
    invariant(
      step.state === state && step.output === output,
      () => `${key} is ${step.state}, and its events say ${state}`,
    );
  }
  for (const [parent, { steps }] of live.items) {
    const most = stepOf(run, parent).plan.terms?.maxParallel ?? steps.length;
    const underWay = steps.filter(({ state }) => state !== 'PENDING' && !isFinalStepState(state)).length;
    invariant(underWay <= most, () => `${underWay} items of ${parent} are under way, and ${most} may be`);
  }
}

function checkBegin(run: ReferenceRun, { step: key = '', payload }: NewEvent & { type: 'STEP_STATE_CHANGED' }): void {
  const { from, to } = payload;
  const step = stepOf(run, key);
  const isStopped = to === 'SKIPPED' || to === 'CANCELLED';
  if (from === 'PENDING' && !isStopped) {
    invariant(mayBegin(run, step), () => `${key} begins before what it needs`);
    if (step.role === 'compensation') {
      invariant(stepOf(run, step.parent ?? '').state === 'SUCCEEDED', () => `${key} undoes what was not done`);
    }
  }
  const begins = AT_WORK.includes(to) && !AT_WORK.includes(from);
  if (begins && step.role !== 'compensation')
    invariant(!isEnding(run), () => `${key} begins although the run is ending`);
  if (begins && step.role === 'compensation') invariant(isEnding(run), () => `${key} begins although the run goes on`);
}

/** What must hold when nothing more is to happen. @throws Violation */
export function checkEnd(run: ReferenceRun, live: RunAggregate): void {
  invariant(isFinalRunState(live.record.state), () => `nothing is left to happen, and the run is ${live.record.state}`);
  invariant(run.open.size === 0, () => `${[...run.open.keys()]} still waits for a person`);
  for (const { key, state, role, plan } of run.steps.values()) {
    invariant(isFinalStepState(state), () => `the run is over, and ${key} is ${state}`);
    if (live.record.state !== 'SUCCEEDED') continue;
    const mayBeBad = role === 'item' || plan.terms?.continueOnError === true;
    const leftOut = state === 'SKIPPED' && (plan.terms?.when === 'false' || role === 'item');
    invariant(
      state === 'SUCCEEDED' || leftOut || (mayBeBad && isFailedEnd(state)),
      () => `all went well, and ${key} is ${state}`,
    );
  }
  const isBad = [...run.steps.values()].some((step) => failsRun(step));
  invariant(!(isBad && live.record.state === 'SUCCEEDED'), () => 'a step ended badly, and the run well');
  const culprit = live.record.error?.step;
  const first = run.failed.find((key) => failsRun(stepOf(run, key)));
  invariant(
    culprit === undefined || culprit === first,
    () => `the run ended for ${culprit}, and ${first} failed first`,
  );
  invariant(
    (live.record.error === undefined) === (live.record.state === 'SUCCEEDED'),
    () => `${live.record.state} without a reason`,
  );
}
