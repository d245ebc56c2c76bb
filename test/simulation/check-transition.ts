import type { NewEvent } from '../../src/core/event.ts';
import { isFinalRunState } from '../../src/core/run-state.ts';
import { isBadEnd, isFinalStepState, type StepState } from '../../src/core/step-state.ts';
import type { LiveRun } from '../../src/engine/model/run-aggregate.ts';
import { isCulprit, isEnding, mayBegin, must, type ShadowRun, shadow, stepOf } from './reference-model.ts';

const AT_WORK: readonly StepState[] = ['SCHEDULED', 'DISPATCHED', 'RUNNING'];

/**
 * Moves the shadow on by what came of one signal, and holds the run to what it promises at each event.
 * @throws Violation
 */
export function checkMove(run: ShadowRun, events: readonly NewEvent[], live: LiveRun): void {
  for (const event of events) {
    if (event.type === 'STEP_STATE_CHANGED') checkBegin(run, event);
    shadow(run, event);
  }
  for (const step of live.steps.values()) {
    const { key, state, output } = stepOf(run, step.key);
    must(step.state === state && step.output === output, () => `${key} is ${step.state}, and its events say ${state}`);
  }
  for (const [parent, { steps }] of live.items) {
    const most = stepOf(run, parent).plan.terms?.maxParallel ?? steps.length;
    const underWay = steps.filter(({ state }) => state !== 'PENDING' && !isFinalStepState(state)).length;
    must(underWay <= most, () => `${underWay} items of ${parent} are under way, and ${most} may be`);
  }
}

function checkBegin(run: ShadowRun, { step: key = '', payload }: NewEvent & { type: 'STEP_STATE_CHANGED' }): void {
  const { from, to } = payload;
  const step = stepOf(run, key);
  const isStopped = to === 'SKIPPED' || to === 'CANCELLED';
  if (from === 'PENDING' && !isStopped) {
    must(mayBegin(run, step), () => `${key} begins before what it needs`);
    if (step.role === 'compensation') {
      must(stepOf(run, step.parent ?? '').state === 'SUCCEEDED', () => `${key} undoes what was not done`);
    }
  }
  const begins = AT_WORK.includes(to) && !AT_WORK.includes(from);
  if (begins && step.role !== 'compensation') must(!isEnding(run), () => `${key} begins although the run is ending`);
  if (begins && step.role === 'compensation') must(isEnding(run), () => `${key} begins although the run goes on`);
}

/** What must hold when nothing more is to happen. @throws Violation */
export function checkEnd(run: ShadowRun, live: LiveRun): void {
  must(isFinalRunState(live.run.state), () => `nothing is left to happen, and the run is ${live.run.state}`);
  must(run.open.size === 0, () => `${[...run.open.keys()]} still waits for a person`);
  for (const { key, state, role, plan } of run.steps.values()) {
    must(isFinalStepState(state), () => `the run is over, and ${key} is ${state}`);
    if (live.run.state !== 'SUCCEEDED') continue;
    const mayBeBad = role === 'item' || plan.terms?.continueOnError === true;
    const leftOut = state === 'SKIPPED' && (plan.terms?.when === 'false' || role === 'item');
    must(
      state === 'SUCCEEDED' || leftOut || (mayBeBad && isBadEnd(state)),
      () => `all went well, and ${key} is ${state}`,
    );
  }
  const isBad = [...run.steps.values()].some((step) => isCulprit(step));
  must(!(isBad && live.run.state === 'SUCCEEDED'), () => 'a step ended badly, and the run well');
  const culprit = live.run.error?.step;
  const first = run.failed.find((key) => isCulprit(stepOf(run, key)));
  must(culprit === undefined || culprit === first, () => `the run ended for ${culprit}, and ${first} failed first`);
  must((live.run.error === undefined) === (live.run.state === 'SUCCEEDED'), () => `${live.run.state} without a reason`);
}
