import { jsonOutput } from '../../core/json-output.ts';
import type { Preparation } from '../model/machine-input.ts';
import { isParent, type MutableStep } from '../model/run-aggregate.ts';
import { failAttempt, stateAfter } from './fail-attempt.ts';
import { isEnding, isReady } from './readiness.ts';
import { emit, emitDecisions, enqueue, moveStep, requestGather, type Transition, waitUntil } from './transition.ts';

/** The step's turn came, and this is what it came to. @returns whether it changed anything */
export function onPrepared(turn: Transition, step: MutableStep, prepared: Preparation): boolean {
  const { state } = step;
  if (state !== 'PENDING' && state !== 'WAITING' && state !== 'FAILED_RETRYABLE') return false;
  // It was prepared while another step failed: it does not begin, and is skipped with the rest.
  if (isEnding(turn.run) && step.role !== 'compensation') return true;
  // What it needs is being done again meanwhile: it waits for that, and is prepared anew.
  if (state === 'PENDING' && !isReady(turn.run, step)) return true;
  emitDecisions(turn, step.key, prepared.decisions);
  const input = prepared.input === undefined ? {} : { input: prepared.input };
  switch (prepared.type) {
    case 'skip':
      moveStep(turn, step, 'SKIPPED');
      break;
    case 'items':
      fanOut(turn, step, prepared.items);
      break;
    case 'ready':
      moveStep(turn, step, 'SCHEDULED', { ...input, ...(prepared.childId && { childId: prepared.childId }) });
      enqueue(turn, step);
      break;
    case 'made':
      moveStep(turn, step, 'SUCCEEDED', { ...input, output: prepared.output });
      break;
    case 'ask':
      requestApproval(turn, step, prepared, step.kind === 'APPROVAL' ? waitStarted(turn, step, input) : input);
      break;
    case 'throttled':
      waitUntil(turn, step, 'WAITING', prepared.until);
      break;
    case 'sleep':
      if (prepared.until <= turn.at) moveStep(turn, step, 'SUCCEEDED', waitStarted(turn, step, input));
      else waitUntil(turn, step, 'WAITING', prepared.until, waitStarted(turn, step, input));
      break;
    case 'await':
      awaitSignal(turn, step, prepared);
      break;
    case 'refused':
      onRefused(turn, step, prepared.failure);
      break;
  }
  return true;
}

/** To wait is what such a step does: it begins with that. */
const waitStarted = ({ at }: Transition, step: MutableStep, input: object) => ({
  ...input,
  attempt: step.attempt + 1,
  startedAt: at.toISOString(),
});

/** Looked for only now: another step may have taken it since this one was prepared, or it came meanwhile. */
function awaitSignal(
  turn: Transition,
  step: MutableStep,
  { name, input, until }: Extract<Preparation, { type: 'await' }>,
): void {
  const received = turn.run.pendingSignals.find((signal) => signal.name === name);
  const move = waitStarted(turn, step, { input });
  if (received) moveStep(turn, step, 'SUCCEEDED', { ...move, output: jsonOutput(received.payload) });
  else waitUntil(turn, step, 'WAITING', until, move);
}

/** One step for each item; those of an earlier try that went well stay. */
function fanOut(turn: Transition, step: MutableStep, items: Extract<Preparation, { type: 'items' }>['items']): void {
  const isOpenedAgain = step.state === 'PENDING';
  moveStep(turn, step, 'RUNNING', { attempt: step.attempt + 1 });
  const known = turn.run.items.get(step.key)?.steps ?? [];
  if (isOpenedAgain) for (const one of known) if (one.state !== 'SUCCEEDED') moveStep(turn, one, 'PENDING');
  const steps = items.slice(known.length).map((item, i) => {
    const index = known.length + i;
    const key = `${step.key}[${index}]`;
    return { id: turn.newId('step'), key, parent: step.key, role: 'item', index, item } as const;
  });
  if (steps.length > 0) emit(turn, { type: 'STEPS_ADDED', at: turn.at, payload: { steps } });
  else if (items.length === 0) requestGather(turn, step);
}

function requestApproval(
  turn: Transition,
  step: MutableStep,
  prepared: Extract<Preparation, { type: 'ask' }>,
  input: object,
): void {
  const { reason, roles, expiresAt } = prepared;
  const until = expiresAt && { expiresAt: expiresAt.toISOString() };
  const payload = { id: turn.newId('apr'), reason, ...(roles && { roles }), ...until };
  waitUntil(turn, step, 'WAITING', expiresAt, input);
  emit(turn, { type: 'APPROVAL_REQUESTED', at: turn.at, step: step.key, payload });
}

/** Not an attempt that failed: it could not even begin. What may pass is tried again all the same. */
function onRefused(
  turn: Transition,
  step: MutableStep,
  error: Extract<Preparation, { type: 'refused' }>['failure'],
): void {
  if (isParent(step) || step.maxAttempts === 1 || !error.retryable) {
    moveStep(turn, step, stateAfter(error.code), { error });
    return;
  }
  moveStep(turn, step, 'RUNNING', { attempt: step.attempt + 1 });
  failAttempt(turn, step, error);
}
