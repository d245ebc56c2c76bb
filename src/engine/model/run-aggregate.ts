import type { Event, EventPayloads, JobEnd, NewEvent } from '../../core/event.ts';
import {
  applyPatch,
  createAddedStep,
  createApproval,
  createSnapshot,
  runPatch,
  stepPatch,
} from '../../core/projection.ts';
import type { ApprovalRecord, Repair, RunRecord, RunSnapshot, StepBody, StepRecord } from '../../core/run.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type StepState } from '../../core/states.ts';
import type { Json } from '../../lib/json.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableStep = Mutable<StepRecord>;

/** The children of one `for_each`. */
interface ForEachItems {
  readonly steps: MutableStep[];
  /** How many have ended, how many of these failed, and how many are neither PENDING nor ended. */
  ended: number;
  failed: number;
  inProgress: number;
  /** All items before it have begun. A hint that no event records. */
  nextIndex: number;
}

/** What the events say about a step in addition to its record. */
interface StepBookkeeping {
  /** Attempts before it was last opened again. */
  attemptsBefore: number;
  /** Repairs that it has caused since the run began, or was retried. */
  repairRounds: number;
  /** What it has to repair. */
  repair?: Repair;
  /** It was approved since it was last opened. */
  approved: boolean;
  /** Its attempt has paused for an approval, and continues after the decision. */
  paused: boolean;
  /** The journal has messages, tool calls or approvals of its current attempt. */
  hasReplayLog: boolean;
  /** The job of its current attempt, once it may have been sent. */
  job?: { readonly id: string; readonly worker?: string; readonly end?: JobEnd } | undefined;
}

/**
 * The state of a run, as the machine sees it: the fold of its events. It is changed in place, because a run may have
 * thousands of steps.
 */
export interface RunAggregate {
  readonly record: Mutable<RunRecord>;
  /** All steps, by key. */
  readonly steps: Map<string, MutableStep>;
  /** The planned steps and the compensations, without the items. */
  readonly topLevel: MutableStep[];
  /** By the key of the `for_each`. */
  readonly items: Map<string, ForEachItems>;
  /** Keys in the order in which steps succeeded. */
  readonly succeeded: string[];
  /** Keys of planned steps in the order in which they failed. */
  readonly failed: string[];
  readonly approvals: Map<string, ApprovalRecord>;
  /** Received, and not taken by a step yet. */
  readonly pendingSignals: { readonly name: string; readonly payload: Json }[];
  /** Ids of the signals that were received. */
  readonly seenSignals: Set<string>;
  readonly bookkeeping: Map<string, StepBookkeeping>;
  /** The planned inputs of steps whose input was evaluated since, by key. */
  readonly plannedInputs: Map<string, Json | undefined>;
  /** Keys of steps that are being prepared. No event records them. */
  readonly preparing: Set<string>;
  /** How many steps are active, and how many wait. */
  readonly counts: { active: number; waiting: number };
}

export function createRunAggregate(runId: string, at: Date, payload: EventPayloads['RUN_CREATED']): RunAggregate {
  const { run, steps } = createSnapshot(runId, at, payload);
  return {
    record: run,
    steps: new Map(steps.map((step) => [step.key, step])),
    topLevel: [...steps],
    items: new Map(),
    succeeded: [],
    failed: [],
    approvals: new Map(),
    pendingSignals: [],
    seenSignals: new Set(),
    bookkeeping: new Map(),
    plannedInputs: new Map(),
    preparing: new Set(),
    counts: { active: 0, waiting: 0 },
  };
}

/** The run as it is now. Steps of an ended run no longer change, so they are not copied. */
export function snapshotOf({ record, topLevel }: RunAggregate): RunSnapshot {
  const steps = isFinalRunState(record.state) ? topLevel : topLevel.map((step) => ({ ...step }));
  return { run: { ...record }, steps };
}

/** Records where the journal has the newest event of the run. */
export function setHead(
  { record }: RunAggregate,
  { seq, position, hash }: Pick<Event, 'seq' | 'position' | 'hash'>,
): void {
  record.seq = seq;
  record.headPosition = position;
  record.headHash = hash;
}

export function stepOf(run: RunAggregate, key: string): MutableStep {
  const step = run.steps.get(key);
  if (!step) throw new Error(`run ${run.record.id} has no step ${key}`);
  return step;
}

function bookkeepingOf(run: RunAggregate, key: string): StepBookkeeping {
  let bookkeeping = run.bookkeeping.get(key);
  if (!bookkeeping) {
    bookkeeping = { attemptsBefore: 0, repairRounds: 0, approved: false, paused: false, hasReplayLog: false };
    run.bookkeeping.set(key, bookkeeping);
  }
  return bookkeeping;
}

/** Applies one of the run's events. The first one, RUN_CREATED, makes the aggregate. */
export function applyEvent(run: RunAggregate, event: NewEvent): void {
  switch (event.type) {
    case 'RUN_STATE_CHANGED':
      // The repairs before a `retryStep` do not count towards the rounds that the document allows.
      if (isFinalRunState(event.payload.from))
        for (const bookkeeping of run.bookkeeping.values()) bookkeeping.repairRounds = 0;
      applyPatch(run.record, runPatch(event));
      return;
    case 'STEPS_ADDED':
      addSteps(run, event.payload.steps);
      return;
    case 'APPROVAL_REQUESTED':
      if (event.step !== undefined && event.payload.call !== undefined)
        bookkeepingOf(run, event.step).hasReplayLog = true;
      return void run.approvals.set(event.payload.id, createApproval(run.record.id, event));
    case 'APPROVAL_DECIDED': {
      const { id, state } = event.payload;
      const isOfStep = run.approvals.get(id)?.call === undefined;
      run.approvals.delete(id);
      if (event.step !== undefined && isOfStep) bookkeepingOf(run, event.step).approved = state === 'APPROVED';
      return;
    }
    case 'SIGNAL_RECEIVED': {
      const { id, name, payload = null } = event.payload;
      run.seenSignals.add(id);
      run.pendingSignals.push({ name, payload });
      return;
    }
  }
  const step = event.step === undefined ? undefined : run.steps.get(event.step);
  if (!step) return;
  if (event.type === 'JOB_DISPATCHED') {
    const { jobId: id, worker } = event.payload;
    bookkeepingOf(run, step.key).job = { id, ...(worker !== undefined && { worker }) };
  } else if (event.type === 'JOB_ENDED') {
    bookkeepingOf(run, step.key).job = { id: event.payload.jobId, end: event.payload };
  }
  if (event.type === 'AGENT_MESSAGE' || event.type === 'TOOL_CALLED') bookkeepingOf(run, step.key).hasReplayLog = true;
  if (event.type === 'STEP_STATE_CHANGED') trackPause(run, step, event.payload);
  const before = step.state;
  const hasInput = event.type === 'STEP_STATE_CHANGED' && event.payload.input !== undefined;
  if (hasInput && !run.plannedInputs.has(step.key)) run.plannedInputs.set(step.key, step.input);
  applyPatch(step, stepPatch(event));
  if (event.type === 'STEP_STATE_CHANGED') trackMove(run, step, before, event.payload.repair);
}

function trackPause(run: RunAggregate, step: MutableStep, { to, attempt }: EventPayloads['STEP_STATE_CHANGED']): void {
  const isExecuting = step.state === 'DISPATCHED' || step.state === 'RUNNING';
  if (to === 'WAITING' && isExecuting) bookkeepingOf(run, step.key).paused = true;
  const bookkeeping = run.bookkeeping.get(step.key);
  if (!bookkeeping) return;
  if (to !== 'WAITING' && to !== 'SCHEDULED') bookkeeping.paused = false;
  // Nobody got it, or another attempt begins.
  if (to === 'WAITING' || attempt !== step.attempt) bookkeeping.job = undefined;
  if (attempt !== step.attempt) bookkeeping.hasReplayLog = false;
}

function addSteps(run: RunAggregate, steps: EventPayloads['STEPS_ADDED']['steps']): void {
  for (const added of steps) {
    const step = createAddedStep(stepOf(run, added.parent), added);
    run.steps.set(step.key, step);
    if (added.role === 'item') itemsOf(run, added.parent).steps.push(step);
    else run.topLevel.push(step);
  }
}

function itemsOf(run: RunAggregate, parent: string): ForEachItems {
  let items = run.items.get(parent);
  if (!items) {
    items = { steps: [], ended: 0, failed: 0, inProgress: 0, nextIndex: 0 };
    run.items.set(parent, items);
  }
  return items;
}

function trackMove(run: RunAggregate, step: MutableStep, before: StepState, repair: Repair | undefined): void {
  const { state, key } = step;
  // A `for_each` is active when one of its items is.
  if (!isParent(step)) {
    run.counts.active += Number(isActive(state)) - Number(isActive(before));
    run.counts.waiting += Number(isWaiting(state)) - Number(isWaiting(before));
  }
  if (step.role === 'item' && step.parent !== undefined) {
    const items = itemsOf(run, step.parent);
    items.ended += Number(isFinalStepState(state)) - Number(isFinalStepState(before));
    items.failed += Number(isFailedEnd(state)) - Number(isFailedEnd(before));
    items.inProgress += Number(isInProgress(state)) - Number(isInProgress(before));
    if (state === 'PENDING') items.nextIndex = Math.min(items.nextIndex, step.index ?? 0);
  }
  if (state === 'SUCCEEDED') {
    run.succeeded.push(key);
    if (step.kind === 'SIGNAL' && !isParent(step)) takeSignal(run, step);
  }
  if (isFailedEnd(state) && step.role === undefined) run.failed.push(key);
  if (state === 'PENDING') {
    const bookkeeping = bookkeepingOf(run, key);
    bookkeeping.attemptsBefore = step.attempt;
    bookkeeping.approved = false;
    if (before === 'SUCCEEDED') run.succeeded.splice(run.succeeded.indexOf(key), 1);
    if (isFailedEnd(before) && step.role === undefined) run.failed.splice(run.failed.indexOf(key), 1);
    if (repair) {
      bookkeeping.repair = repair;
      bookkeepingOf(run, repair.step).repairRounds = repair.round;
    }
  }
}

/** The input as planned: an attempt must not evaluate expressions in the input of an earlier attempt. */
export function plannedInput(run: RunAggregate, step: MutableStep): Json | undefined {
  return run.plannedInputs.has(step.key) ? run.plannedInputs.get(step.key) : step.input;
}

/** Removes the oldest pending signal with the name that the step waits for. */
function takeSignal(run: RunAggregate, step: MutableStep): void {
  const index = run.pendingSignals.findIndex(({ name }) => name === signalName(step));
  if (index >= 0) run.pendingSignals.splice(index, 1);
}

export function signalName({ input }: Pick<StepBody, 'input'>): string | undefined {
  return (input as { readonly name?: string } | undefined)?.name;
}

/** True for a sleep or a signal that has begun to wait; false while the policy delays it. */
export function hasBegun(run: RunAggregate, { key, attempt }: StepRecord): boolean {
  return attempt > (run.bookkeeping.get(key)?.attemptsBefore ?? 0);
}

/** True for a `for_each` itself, not for its items. */
export function isParent({ terms, role }: StepRecord): boolean {
  return terms?.forEach !== undefined && role !== 'item';
}

export function isActive(state: StepState): boolean {
  return state === 'SCHEDULED' || state === 'DISPATCHED' || state === 'RUNNING';
}

function isWaiting(state: StepState): boolean {
  return state === 'WAITING' || state === 'FAILED_RETRYABLE';
}

function isInProgress(state: StepState): boolean {
  return isActive(state) || isWaiting(state);
}
