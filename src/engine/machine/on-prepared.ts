import { jsonOutput } from '../../core/run.ts';
import type { Preparation } from '../model/machine-input.ts';
import { isParent, type MutableStep } from '../model/run-aggregate.ts';
import { failAttempt, stateAfter } from './fail-attempt.ts';
import { isEnding, isReady } from './readiness.ts';
import { emit, emitDecisions, enqueue, moveStep, requestGather, type Transition, waitUntil } from './transition.ts';

/** Does what the preparation of a step says. @returns whether it changed anything */
export function onPrepared(transition: Transition, step: MutableStep, prepared: Preparation): boolean {
  const { state } = step;
  if (state !== 'PENDING' && state !== 'WAITING' && state !== 'FAILED_RETRYABLE') return false;
  // Another step failed in the meantime: this one does not begin, and is skipped with the rest.
  if (isEnding(transition.run) && step.role !== 'compensation') return true;
  // A step that it depends on was opened again: it waits for that step, and is prepared again.
  if (state === 'PENDING' && !isReady(transition.run, step)) return true;
  emitDecisions(transition, step.key, prepared.decisions);
  const input = prepared.input === undefined ? {} : { input: prepared.input };
  switch (prepared.type) {
    case 'skip':
      moveStep(transition, step, 'SKIPPED');
      break;
    case 'items':
      fanOut(transition, step, prepared);
      break;
    case 'ready':
      moveStep(transition, step, 'SCHEDULED', { ...input, ...(prepared.childId && { childId: prepared.childId }) });
      enqueue(transition, step);
      break;
    case 'made':
      moveStep(transition, step, 'SUCCEEDED', { ...input, output: prepared.output });
      break;
    case 'ask':
      requestApproval(
        transition,
        step,
        prepared,
        step.kind === 'APPROVAL' ? waitStarted(transition, step, input) : input,
      );
      break;
    case 'throttled':
      waitUntil(transition, step, 'WAITING', prepared.until);
      break;
    case 'sleep':
      if (prepared.until <= transition.at)
        moveStep(transition, step, 'SUCCEEDED', waitStarted(transition, step, input));
      else waitUntil(transition, step, 'WAITING', prepared.until, waitStarted(transition, step, input));
      break;
    case 'await':
      awaitSignal(transition, step, prepared);
      break;
    case 'refused':
      onRefused(transition, step, prepared.failure);
      break;
  }
  return true;
}

/** A step that waits begins with its wait. */
const waitStarted = ({ at }: Transition, step: MutableStep, input: object) => ({
  ...input,
  attempt: step.attempt + 1,
  startedAt: at.toISOString(),
});

/** Looks for the signal only now: since the preparation it may have arrived, or another step may have taken it. */
function awaitSignal(
  transition: Transition,
  step: MutableStep,
  { name, input, until }: Extract<Preparation, { type: 'await' }>,
): void {
  const received = transition.run.pendingSignals.find((signal) => signal.name === name);
  const move = waitStarted(transition, step, { input });
  if (received) moveStep(transition, step, 'SUCCEEDED', { ...move, output: jsonOutput(received.payload) });
  else waitUntil(transition, step, 'WAITING', until, move);
}

/** Adds one step for each item. Items that succeeded in an earlier attempt stay. */
function fanOut(
  transition: Transition,
  step: MutableStep,
  { items, artifact: payload }: Extract<Preparation, { type: 'items' }>,
): void {
  const isReopened = step.state === 'PENDING';
  moveStep(transition, step, 'RUNNING', { attempt: step.attempt + 1 });
  if (payload) emit(transition, { type: 'ARTIFACT_CREATED', at: transition.at, step: step.key, payload });
  const existing = transition.run.items.get(step.key)?.steps ?? [];
  if (isReopened) for (const item of existing) if (item.state !== 'SUCCEEDED') moveStep(transition, item, 'PENDING');
  const steps = items.slice(existing.length).map((item, i) => {
    const index = existing.length + i;
    const key = `${step.key}[${index}]`;
    return { id: transition.newId('step'), key, parent: step.key, role: 'item', index, item } as const;
  });
  if (steps.length > 0) emit(transition, { type: 'STEPS_ADDED', at: transition.at, payload: { steps } });
  else if (items.length === 0) requestGather(transition, step);
}

function requestApproval(
  transition: Transition,
  step: MutableStep,
  prepared: Extract<Preparation, { type: 'ask' }>,
  input: object,
): void {
  const { reason, roles, expiresAt } = prepared;
  const until = expiresAt && { expiresAt: expiresAt.toISOString() };
  const payload = { id: transition.newId('apr'), reason, ...(roles && { roles }), ...until };
  waitUntil(transition, step, 'WAITING', expiresAt, input);
  emit(transition, { type: 'APPROVAL_REQUESTED', at: transition.at, step: step.key, payload });
}

/** The step could not begin, which is not a failed attempt. A failure that may pass is retried nevertheless. */
function onRefused(
  transition: Transition,
  step: MutableStep,
  error: Extract<Preparation, { type: 'refused' }>['failure'],
): void {
  if (isParent(step) || step.maxAttempts === 1 || !error.retryable) {
    moveStep(transition, step, stateAfter(error.code), { error });
    return;
  }
  moveStep(transition, step, 'RUNNING', { attempt: step.attempt + 1 });
  failAttempt(transition, step, error);
}
