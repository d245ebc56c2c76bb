import type { NewEvent } from '../core/event.ts';
import { created, type RunPatch, runPatch, type StepPatch, stepPatch } from '../core/projection.ts';
import type { RunRecord, StepRecord } from '../core/run.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A run that begins: its whole rows. */
export interface NewRun {
  readonly isNew: true;
  readonly run: Mutable<RunRecord>;
  /** By key, in the order of the plan. */
  readonly steps: Map<string, Mutable<StepRecord>>;
}

/** A run that goes on: what changes of its rows. */
export interface MovedRun {
  readonly isNew: false;
  readonly run: Mutable<RunPatch & Pick<RunRecord, 'id' | 'seq' | 'headPosition' | 'headHash'>>;
  readonly steps: Map<string, Mutable<StepPatch>>;
}

/**
 * The fold of core/projection.ts, done in place: a long run has many steps and more events, and must not be copied for
 * each of them.
 */
export type RunDraft = NewRun | MovedRun;

export function openDraft(runId: string, opening: NewEvent): RunDraft {
  if (opening.type === 'RUN_CREATED') {
    const { run, steps } = created(runId, opening.at, opening.payload);
    return { isNew: true, run, steps: new Map(steps.map((step) => [step.key, step])) };
  }
  return { isNew: false, run: { id: runId, seq: 0, headPosition: 0, headHash: '' }, steps: new Map() };
}

export function applyTo(draft: RunDraft, event: NewEvent): void {
  Object.assign(draft.run, runPatch(event));
  const patch = event.step === undefined ? undefined : stepPatch(event);
  if (event.step === undefined || !patch) return;
  // Of a stored run only what changes is known, so its rows begin empty.
  if (!draft.isNew && !draft.steps.has(event.step)) draft.steps.set(event.step, {});
  const step = draft.steps.get(event.step);
  if (step) Object.assign(step, patch);
}
