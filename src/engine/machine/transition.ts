import type { EventPayloads, NewEvent } from '../../core/event.ts';
import type { Decision } from '../../core/policy.ts';
import type { ApprovalRecord, Failure } from '../../core/run.ts';
import type { RunState, StepState } from '../../core/states.ts';
import type { MachineEffect } from '../model/machine-input.ts';
import { applyEvent, type MutableStep, type RunAggregate } from '../model/run-aggregate.ts';

/** What the machine cannot know from the run. */
export interface Environment {
  readonly at: Date;
  /** From 0 to 1, for jitter. */
  random(): number;
  newId(prefix: 'step' | 'apr' | 'art'): string;
}

/** One call of `next`: the run, the environment, and the events and effects so far. */
export interface Transition extends Environment {
  readonly run: RunAggregate;
  readonly events: NewEvent[];
  readonly effects: MachineEffect[];
}

export function emit(transition: Transition, event: NewEvent): void {
  transition.events.push(event);
  applyEvent(transition.run, event);
}

type StepMove = Omit<EventPayloads['STEP_STATE_CHANGED'], 'from' | 'to' | 'attempt'> & { readonly attempt?: number };

export function moveStep(transition: Transition, step: MutableStep, to: StepState, more: StepMove = {}): void {
  const { attempt = step.attempt, ...rest } = more;
  const payload = { attempt, from: step.state, to, ...rest };
  emit(transition, { type: 'STEP_STATE_CHANGED', at: transition.at, step: step.key, payload });
}

export function moveRun(
  transition: Transition,
  to: RunState,
  more: Pick<EventPayloads['RUN_STATE_CHANGED'], 'error' | 'outputs'> = {},
): void {
  const { state: from } = transition.run.record;
  emit(transition, { type: 'RUN_STATE_CHANGED', at: transition.at, payload: { from, to, ...more } });
}

export function emitDecisions(transition: Transition, step: string, decisions: readonly Decision[] = []): void {
  for (const decision of decisions) {
    emit(transition, { type: 'POLICY_DECIDED', at: transition.at, step, payload: { decision } });
  }
}

/** Sets the step to wait, and a timer. The `recovered` input sets a lost timer again. */
export function waitUntil(
  transition: Transition,
  step: MutableStep,
  to: 'WAITING' | 'FAILED_RETRYABLE',
  until?: Date,
  more: StepMove = {},
): void {
  moveStep(transition, step, to, { ...more, ...(until && { wakeAt: until.toISOString() }) });
  if (until) transition.effects.push({ type: 'wake', step, at: until });
}

export function findOpenApproval(transition: Transition, step: MutableStep): ApprovalRecord | undefined {
  for (const approval of transition.run.approvals.values()) if (approval.step === step.key) return approval;
  return undefined;
}

/** Closes the approval of the step: the time for it is over, or it is no longer needed. */
export function expireApproval(transition: Transition, step: MutableStep): void {
  const open = findOpenApproval(transition, step);
  if (!open) return;
  const payload = { id: open.id, state: 'EXPIRED' } as const;
  emit(transition, { type: 'APPROVAL_DECIDED', at: transition.at, step: step.key, payload });
}

export function enqueue(transition: Transition, step: MutableStep): void {
  transition.effects.push({ type: 'queue', step });
}

export function requestGather(transition: Transition, step: MutableStep): void {
  transition.run.preparing.add(step.key);
  transition.effects.push({ type: 'gather', step });
}

export const failure = (code: Failure['code'], message: string, more: Partial<Failure> = {}): Failure => ({
  code,
  message,
  retryable: false,
  ...more,
});
