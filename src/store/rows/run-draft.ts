import type { NewEvent } from '../../core/event.ts';
import {
  applyPatch,
  approvalPatch,
  createAddedStep,
  createApproval,
  createSnapshot,
  createToolCall,
  type RunPatch,
  runPatch,
  type StepPatch,
  stepPatch,
  type ToolCallPatch,
  toolCallPatch,
} from '../../core/projection.ts';
import type { ApprovalRecord, RunRecord, StepRecord, ToolCallRecord } from '../../core/run.ts';
import type { RunIdentity } from './run-row.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type ApprovalDecision = Mutable<ReturnType<typeof approvalPatch>>;

interface DraftParts {
  readonly identity: RunIdentity;
  /** New approvals, complete, by id. */
  readonly approvals: Map<string, Mutable<ApprovalRecord>>;
  /** Decisions on stored approvals, by id. */
  readonly decisions: Map<string, ApprovalDecision>;
  /** New tool calls, complete, by id. */
  readonly calls: Map<string, Mutable<ToolCallRecord>>;
  /** Results of stored tool calls, by id. */
  readonly callResults: Map<string, ToolCallPatch>;
}

/** A new run: its complete rows. */
export interface NewRunDraft extends DraftParts {
  readonly isNew: true;
  readonly run: Mutable<RunRecord>;
  /** By key, in the order of the plan. */
  readonly steps: Map<string, Mutable<StepRecord>>;
}

/** A stored run: the changes of its rows, and the steps that are added to it. */
interface ChangedRunDraft extends DraftParts {
  readonly isNew: false;
  readonly run: Mutable<RunPatch & Pick<RunRecord, 'id' | 'seq' | 'headPosition' | 'headHash'>>;
  readonly steps: Map<string, Mutable<StepPatch>>;
  readonly addedSteps: Map<string, Mutable<StepRecord>>;
}

/** The fold of core/projection.ts, applied in place to the rows of one transaction. */
export type RunDraft = NewRunDraft | ChangedRunDraft;

export function createRunDraft(runId: string, opening: NewEvent, identity: RunIdentity): RunDraft {
  const parts = { identity, approvals: new Map(), decisions: new Map(), calls: new Map(), callResults: new Map() };
  if (opening.type === 'RUN_CREATED') {
    const { run, steps } = createSnapshot(runId, opening.at, opening.payload);
    return { isNew: true, run, steps: new Map(steps.map((step) => [step.key, step])), ...parts };
  }
  const run = { id: runId, seq: 0, headPosition: 0, headHash: '' };
  return { isNew: false, run, steps: new Map(), addedSteps: new Map(), ...parts };
}

/**
 * @param seq of the event
 * @param findStored finds a stored step of the run, for STEPS_ADDED
 */
export function applyEvent(
  draft: RunDraft,
  event: NewEvent,
  seq: number,
  findStored: (key: string) => StepRecord | undefined,
): void {
  const newSteps = draft.isNew ? draft.steps : draft.addedSteps;
  const changes = runPatch(event);
  if (changes) {
    // For a stored run a field that is cleared must differ from one that is unchanged.
    if (draft.isNew) applyPatch(draft.run, changes);
    else Object.assign(draft.run, changes);
  }
  if (event.type === 'STEPS_ADDED') {
    for (const added of event.payload.steps) {
      const parent = newSteps.get(added.parent) ?? findStored(added.parent);
      if (!parent) throw new Error(`STEPS_ADDED: the run has no step ${added.parent}`);
      newSteps.set(added.key, createAddedStep(parent, added));
    }
  } else if (event.type === 'APPROVAL_REQUESTED') {
    draft.approvals.set(event.payload.id, createApproval(draft.run.id, event));
  } else if (event.type === 'APPROVAL_DECIDED') {
    const open = draft.approvals.get(event.payload.id);
    if (open) Object.assign(open, approvalPatch(event));
    else draft.decisions.set(event.payload.id, approvalPatch(event));
  } else if (event.type === 'TOOL_CALLED') {
    const call = createToolCall(draft.run.id, seq, event);
    draft.calls.set(call.id, call);
    draft.callResults.delete(call.id);
  } else if (event.type === 'TOOL_RETURNED') {
    const call = draft.calls.get(event.payload.call.id);
    if (call) applyPatch(call, toolCallPatch(event));
    else draft.callResults.set(event.payload.call.id, toolCallPatch(event));
  }
  const patch = event.step === undefined ? undefined : stepPatch(event);
  if (event.step === undefined || !patch) return;
  const newStep = newSteps.get(event.step);
  if (newStep) applyPatch(newStep, patch);
  else if (!draft.isNew) draft.steps.set(event.step, { ...draft.steps.get(event.step), ...patch });
}
