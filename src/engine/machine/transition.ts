import type { EventPayloads, NewEvent } from '../../core/event.ts';
import type { Decision } from '../../core/policy.ts';
import type { ApprovalRecord, Failure } from '../../core/run.ts';
import type { RunState, StepState } from '../../core/states.ts';
import type { MachineEffect } from '../model/machine-input.ts';
import { applyEvent, type MutableStep, type RunAggregate } from '../model/run-aggregate.ts';

/** What the machine cannot know by itself. */
export interface Environment {
  readonly at: Date;
  /** From 0 to 1, for jitter. */
  random(): number;
  newId(prefix: 'step' | 'apr'): string;
}

/** One call of `next`: the run, the time, and what has come of it so far. */
export interface Transition extends Environment {
  readonly run: RunAggregate;
  readonly events: NewEvent[];
  readonly effects: MachineEffect[];
}

export function emit(turn: Transition, event: NewEvent): void {
  turn.events.push(event);
  applyEvent(turn.run, event);
}

type StepMove = Omit<EventPayloads['STEP_STATE_CHANGED'], 'from' | 'to' | 'attempt'> & { readonly attempt?: number };

export function moveStep(turn: Transition, step: MutableStep, to: StepState, more: StepMove = {}): void {
  const { attempt = step.attempt, ...rest } = more;
  const payload = { from: step.state, to, attempt, ...rest };
  emit(turn, { type: 'STEP_STATE_CHANGED', at: turn.at, step: step.key, payload });
}

export function moveRun(
  turn: Transition,
  to: RunState,
  more: Pick<EventPayloads['RUN_STATE_CHANGED'], 'error' | 'outputs'> = {},
): void {
  const { state: from } = turn.run.record;
  emit(turn, { type: 'RUN_STATE_CHANGED', at: turn.at, payload: { from, to, ...more } });
}

export function emitDecisions(turn: Transition, step: string, decisions: readonly Decision[] = []): void {
  for (const decision of decisions) {
    emit(turn, { type: 'POLICY_DECIDED', at: turn.at, step, payload: { decision } });
  }
}

/** Waits until then; a timer that is lost is made again when the run is taken over. */
export function waitUntil(
  turn: Transition,
  step: MutableStep,
  to: 'WAITING' | 'FAILED_RETRYABLE',
  until?: Date,
  more: StepMove = {},
): void {
  moveStep(turn, step, to, { ...more, ...(until && { wakeAt: until.toISOString() }) });
  if (until) turn.effects.push({ type: 'wake', step, at: until });
}

export function findOpenApproval(turn: Transition, step: MutableStep): ApprovalRecord | undefined {
  for (const approval of turn.run.approvals.values()) if (approval.step === step.key) return approval;
  return undefined;
}

/** Nobody decided in time, or nobody has to any more. */
export function expireApproval(turn: Transition, step: MutableStep): void {
  const open = findOpenApproval(turn, step);
  if (!open) return;
  const payload = { id: open.id, state: 'EXPIRED' } as const;
  emit(turn, { type: 'APPROVAL_DECIDED', at: turn.at, step: step.key, payload });
}

export function enqueue(turn: Transition, step: MutableStep): void {
  turn.effects.push({ type: 'queue', step });
}

export function requestGather(turn: Transition, step: MutableStep): void {
  turn.run.preparing.add(step.key);
  turn.effects.push({ type: 'gather', step });
}

export const failure = (code: Failure['code'], message: string, more: Partial<Failure> = {}): Failure => ({
  code,
  message,
  retryable: false,
  ...more,
});
