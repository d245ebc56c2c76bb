import type { EventPayloads, NewEvent } from './event.ts';
import type { RunRecord, RunSnapshot, StepRecord } from './run.ts';
import { isFinalRunState } from './run-state.ts';
import { isFinalStepState } from './step-state.ts';

/** What one event changes of the run's row. */
export type RunPatch = Partial<Pick<RunRecord, 'state' | 'startedAt' | 'finishedAt' | 'error'>>;

/** What one event changes of one step's row. */
export type StepPatch = Partial<
  Pick<StepRecord, 'state' | 'attempt' | 'output' | 'error' | 'decision' | 'progress' | 'startedAt' | 'finishedAt'>
>;

/** The run and its steps as RUN_CREATED makes them; seq, position and hash are the journal's to fill in. */
export function created(runId: string, at: Date, payload: EventPayloads['RUN_CREATED']): RunSnapshot {
  const { steps, ...rest } = payload;
  return {
    run: { id: runId, state: 'PENDING', createdAt: at, seq: 1, headPosition: 0, headHash: '', ...rest },
    steps: steps.map((step, position) => ({ ...step, runId, position, state: 'PENDING', attempt: 0 })),
  };
}

export function runPatch(event: NewEvent): RunPatch | undefined {
  if (event.type !== 'RUN_STATE_CHANGED') return undefined;
  const { from, to, startedAt, error } = event.payload;
  return {
    state: to,
    ...(from === 'PENDING' && { startedAt: startedAt ? new Date(startedAt) : event.at }),
    ...(isFinalRunState(to) && { finishedAt: event.at }),
    ...(error && { error }),
  };
}

export function stepPatch(event: NewEvent): StepPatch | undefined {
  switch (event.type) {
    case 'STEP_STATE_CHANGED': {
      const { to, attempt, startedAt, output, error } = event.payload;
      const patch: { -readonly [K in keyof StepPatch]: StepPatch[K] } = { state: to, attempt };
      if (startedAt) patch.startedAt = new Date(startedAt);
      else if (to === 'RUNNING' || to === 'DISPATCHED') patch.startedAt = event.at;
      if (isFinalStepState(to)) patch.finishedAt = event.at;
      if (output) patch.output = output;
      if (error) patch.error = error;
      return patch;
    }
    case 'STEP_PROGRESS':
      return { progress: { ...event.payload, at: event.at.toISOString() } };
    case 'POLICY_DECIDED':
      return { decision: event.payload.decision };
    default:
      return undefined;
  }
}

/** The snapshot after the event. The whole of a run's state is the fold of its events; the tables are no more. */
export function fold(before: RunSnapshot, event: NewEvent): RunSnapshot {
  const ofRun = runPatch(event);
  const ofStep = event.step === undefined ? undefined : stepPatch(event);
  if (!ofRun && !ofStep) return before;
  return {
    run: ofRun ? { ...before.run, ...ofRun } : before.run,
    steps: ofStep ? before.steps.map((s) => (s.key === event.step ? { ...s, ...ofStep } : s)) : before.steps,
  };
}
