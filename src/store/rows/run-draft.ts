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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type ApprovalDecision = Mutable<ReturnType<typeof approvalPatch>>;

interface DraftParts {
  readonly tenant: string;
  /** Approvals that were asked for, by id; whole. */
  readonly approvals: Map<string, Mutable<ApprovalRecord>>;
  /** Decisions about approvals that are stored already, by id. */
  readonly decisions: Map<string, ApprovalDecision>;
  /** Tool calls that began, by id; whole. */
  readonly calls: Map<string, Mutable<ToolCallRecord>>;
  /** What tool calls that are stored already came to, by id. */
  readonly callResults: Map<string, ToolCallPatch>;
}

/** A run that begins: its whole rows. */
export interface NewRunDraft extends DraftParts {
  readonly isNew: true;
  readonly run: Mutable<RunRecord>;
  /** By key, in the order of the plan. */
  readonly steps: Map<string, Mutable<StepRecord>>;
}

/** A run that goes on: what changes of its rows, and the steps that it grew by. */
export interface ChangedRunDraft extends DraftParts {
  readonly isNew: false;
  readonly run: Mutable<RunPatch & Pick<RunRecord, 'id' | 'seq' | 'headPosition' | 'headHash'>>;
  readonly steps: Map<string, Mutable<StepPatch>>;
  readonly addedSteps: Map<string, Mutable<StepRecord>>;
}

/** The fold of core/projection.ts in place, on the rows of one transaction. */
export type RunDraft = NewRunDraft | ChangedRunDraft;

export function createRunDraft(runId: string, opening: NewEvent, tenant: string): RunDraft {
  const parts = { tenant, approvals: new Map(), decisions: new Map(), calls: new Map(), callResults: new Map() };
  if (opening.type === 'RUN_CREATED') {
    const { run, steps } = createSnapshot(runId, opening.at, opening.payload);
    return { isNew: true, run, steps: new Map(steps.map((step) => [step.key, step])), ...parts };
  }
  const run = { id: runId, seq: 0, headPosition: 0, headHash: '' };
  return { isNew: false, run, steps: new Map(), addedSteps: new Map(), ...parts };
}

/**
 * @param seq the event's
 * @param stored finds a step of the run that is stored already, for STEPS_ADDED
 */
export function applyEvent(
  draft: RunDraft,
  event: NewEvent,
  seq: number,
  stored: (key: string) => StepRecord | undefined,
): void {
  const grown = draft.isNew ? draft.steps : draft.addedSteps;
  const ofRun = runPatch(event);
  if (ofRun) {
    // Of a stored run a field that is emptied must be told from one that stays.
    if (draft.isNew) applyPatch(draft.run, ofRun);
    else Object.assign(draft.run, ofRun);
  }
  if (event.type === 'STEPS_ADDED') {
    for (const one of event.payload.steps) {
      const parent = grown.get(one.parent) ?? stored(one.parent);
      if (!parent) throw new Error(`STEPS_ADDED: the run has no step ${one.parent}`);
      grown.set(one.key, createAddedStep(parent, one));
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
    const begun = draft.calls.get(event.payload.call.id);
    if (begun) applyPatch(begun, toolCallPatch(event));
    else draft.callResults.set(event.payload.call.id, toolCallPatch(event));
  }
  const patch = event.step === undefined ? undefined : stepPatch(event);
  if (event.step === undefined || !patch) return;
  const whole = grown.get(event.step);
  if (whole) applyPatch(whole, patch);
  else if (!draft.isNew) draft.steps.set(event.step, { ...draft.steps.get(event.step), ...patch });
}
