import type { EventPayloads, NewEvent } from './event.ts';
import type { AddedStep, ApprovalRecord, RunRecord, RunSnapshot, StepRecord, ToolCallRecord } from './run.ts';
import { isFinalRunState, isFinalStepState } from './states.ts';

type Clearable<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** The changes that one event makes to the run's row; undefined clears the field. */
export type RunPatch = Clearable<Pick<RunRecord, 'state' | 'startedAt' | 'finishedAt' | 'error' | 'outputs'>>;

/** The changes that one event makes to one step's row; undefined clears the field. */
export type StepPatch = Clearable<
  Pick<
    StepRecord,
    | 'state'
    | 'attempt'
    | 'input'
    | 'output'
    | 'error'
    | 'decision'
    | 'progress'
    | 'repair'
    | 'wakeAt'
    | 'childId'
    | 'worker'
    | 'scheduledAt'
    | 'startedAt'
    | 'finishedAt'
  >
>;

/** The run and its steps as RUN_CREATED defines them; the journal sets seq, position and hash. */
export function createSnapshot(runId: string, at: Date, payload: EventPayloads['RUN_CREATED']): RunSnapshot {
  const { steps, text: _, ...rest } = payload;
  return {
    run: { id: runId, state: 'PENDING', createdAt: at, seq: 1, headPosition: 0, headHash: '', ...rest },
    steps: steps.map((step, position) => ({ ...step, runId, position, state: 'PENDING', attempt: 0 })),
  };
}

/** Compensations come after all planned steps, whatever their number. */
const COMPENSATION_POSITION = 1_000_000;

/** A step that STEPS_ADDED adds, derived from the step that it belongs to. */
export function createAddedStep(parent: StepRecord, added: AddedStep): StepRecord {
  const { runId, title, terms = {} } = parent;
  const { id, key, role } = added;
  const identity = { id, key, runId, role, parent: parent.key, state: 'PENDING', attempt: 0 } as const;
  if (added.role === 'compensation') {
    const body = terms.compensate ?? parent;
    const position = COMPENSATION_POSITION + parent.position;
    return { ...body, ...identity, title: `Undo: ${title}`, dependsOn: added.dependsOn, position };
  }
  const {
    when: _,
    forEach: __,
    maxParallel: ___,
    onItemFailure: ____,
    compensate: _____,
    repair: ______,
    ...own
  } = terms;
  const { kind, capability, effect, maxAttempts, position } = parent;
  return {
    kind,
    capability,
    effect,
    maxAttempts,
    position,
    title,
    dependsOn: [],
    ...(parent.input !== undefined && { input: parent.input }),
    ...(Object.keys(own).length > 0 && { terms: own }),
    ...identity,
    index: added.index,
    item: added.item,
  };
}

export function runPatch(event: NewEvent): RunPatch | undefined {
  if (event.type !== 'RUN_STATE_CHANGED') return undefined;
  const { from, to, startedAt, error, outputs } = event.payload;
  return {
    state: to,
    ...(from === 'PENDING' && { startedAt: startedAt ? new Date(startedAt) : event.at }),
    finishedAt: isFinalRunState(to) ? event.at : undefined,
    error,
    outputs,
  };
}

export function stepPatch(event: NewEvent): StepPatch | undefined {
  switch (event.type) {
    case 'STEP_STATE_CHANGED': {
      const { to, attempt, scheduledAt, startedAt, input, output, error, wakeAt, childId, repair } = event.payload;
      return {
        state: to,
        attempt,
        output,
        error,
        wakeAt: wakeAt === undefined ? undefined : new Date(wakeAt),
        finishedAt: isFinalStepState(to) && wakeAt === undefined ? event.at : undefined,
        ...(scheduledAt !== undefined && { scheduledAt: new Date(scheduledAt) }),
        ...(to === 'SCHEDULED' && { scheduledAt: event.at }),
        ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
        ...(startedAt === undefined && (to === 'RUNNING' || to === 'DISPATCHED') && { startedAt: event.at }),
        ...(input !== undefined && { input }),
        ...(childId !== undefined && { childId }),
        ...(repair && { repair }),
      };
    }
    case 'JOB_DISPATCHED':
      // To a topic: no longer that of the attempt before.
      return { worker: event.payload.worker };
    case 'JOB_ENDED':
      return { worker: event.payload.worker };
    case 'STEP_PROGRESS': {
      const { worker, ...progress } = event.payload;
      return {
        ...(Object.keys(progress).length > 0 && { progress: { ...progress, at: event.at.toISOString() } }),
        ...(worker !== undefined && { worker }),
      };
    }
    case 'POLICY_DECIDED':
      return { decision: event.payload.decision };
    default:
      return undefined;
  }
}

/** The approval that APPROVAL_REQUESTED opens. */
export function createApproval(
  runId: string,
  event: Extract<NewEvent, { type: 'APPROVAL_REQUESTED' }>,
): ApprovalRecord {
  const { id, reason, call, roles = [], expiresAt } = event.payload;
  const optional = {
    ...(call !== undefined && { call }),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
  };
  return { id, runId, step: event.step ?? '', state: 'OPEN', reason, roles, requestedAt: event.at, ...optional };
}

/** The changes that APPROVAL_DECIDED makes to the approval. */
export function approvalPatch(
  event: Extract<NewEvent, { type: 'APPROVAL_DECIDED' }>,
): Pick<ApprovalRecord, 'state' | 'decidedAt' | 'decidedBy' | 'comment'> {
  const { state, by, comment } = event.payload;
  return { state, decidedAt: event.at, ...(by && { decidedBy: by }), ...(comment !== undefined && { comment }) };
}

/** The call that TOOL_CALLED starts. The same id starts it again: the earlier attempt was interrupted. */
export function createToolCall(
  runId: string,
  seq: number,
  event: Extract<NewEvent, { type: 'TOOL_CALLED' }>,
): ToolCallRecord {
  const { id, tool, arguments: args } = event.payload.call;
  return { id, runId, step: event.step ?? '', tool, arguments: args, seq, calledAt: event.at };
}

/** The changes that TOOL_RETURNED makes to the call; undefined clears the field. */
export type ToolCallPatch = Clearable<Pick<ToolCallRecord, 'result' | 'error' | 'durationMs'>>;

export function toolCallPatch(event: Extract<NewEvent, { type: 'TOOL_RETURNED' }>): ToolCallPatch {
  const { result, error, durationMs } = event.payload.call;
  return { result, error, durationMs };
}

/** Sets the fields that the patch contains, and deletes those that it clears. */
export function applyPatch<T extends object>(target: T, patch: Clearable<T> | undefined): void {
  for (const key in patch) {
    const value = patch[key as keyof T];
    // Checked first: deleting a missing property is far slower.
    if (value === undefined) {
      if (key in target) delete target[key as keyof T];
    } else target[key as keyof T] = value as T[keyof T];
  }
}
