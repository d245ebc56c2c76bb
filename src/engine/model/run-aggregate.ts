import type { Event, EventPayloads, NewEvent, Repair } from '../../core/event.ts';
import {
  applyPatch,
  createAddedStep,
  createApproval,
  createSnapshot,
  runPatch,
  stepPatch,
} from '../../core/projection.ts';
import type { ApprovalRecord, RunRecord, RunSnapshot, StepRecord } from '../../core/run.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type StepState } from '../../core/states.ts';
import type { Json } from '../../lib/json.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableStep = Mutable<StepRecord>;

/** The children of one `for_each`. */
export interface ForEachItems {
  readonly steps: MutableStep[];
  /** How many are over, how many of these ended badly, and how many are neither over nor PENDING. */
  ended: number;
  failed: number;
  inProgress: number;
  /** Those before it have all been begun. No event tells it: it only saves looking at them again. */
  nextIndex: number;
}

/** What the journal knows of a step beside its record. */
interface StepBookkeeping {
  /** Attempts made before it was last opened again. */
  attemptsBefore: number;
  /** Repairs that it has had. */
  repairRounds: number;
  /** What it is to mend. */
  repair?: Repair;
  /** A person has agreed to it since it was last opened. */
  approved: boolean;
  /** Its attempt has paused for a person's word, and goes on with it. */
  paused: boolean;
  /** The journal has something that its attempt said, a tool that it called, or what a person said to that. */
  hasReplayLog: boolean;
}

/**
 * A run under way, as the machine sees it: the fold of its events, in place, because a run may have thousands of steps.
 * Whoever has the events has this.
 */
export interface RunAggregate {
  readonly record: Mutable<RunRecord>;
  /** All of them, by key. */
  readonly steps: Map<string, MutableStep>;
  /** The planned ones and the compensations, not the items. */
  readonly topLevel: MutableStep[];
  /** By the key of the `for_each`. */
  readonly items: Map<string, ForEachItems>;
  /** Keys in the order in which steps succeeded. */
  readonly succeeded: string[];
  /** Keys of planned steps in the order in which they ended badly. */
  readonly failed: string[];
  readonly approvals: Map<string, ApprovalRecord>;
  /** Received and not yet asked for. */
  readonly pendingSignals: { readonly name: string; readonly payload: Json }[];
  /** Ids of the signals that were received. */
  readonly seenSignals: Set<string>;
  readonly bookkeeping: Map<string, StepBookkeeping>;
  /** What was planned as input of the steps whose input has come to something since. */
  readonly plannedInputs: Map<string, Json | undefined>;
  /** Steps that are being prepared: the one thing here that no event tells. */
  readonly preparing: Set<string>;
  /** How many steps are at work, and how many wait for something. */
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

export function snapshotOf({ record, topLevel }: RunAggregate): RunSnapshot {
  return { run: { ...record }, steps: topLevel.map((step) => ({ ...step })) };
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

export function bookkeepingOf(run: RunAggregate, key: string): StepBookkeeping {
  let marks = run.bookkeeping.get(key);
  if (!marks) {
    marks = { attemptsBefore: 0, repairRounds: 0, approved: false, paused: false, hasReplayLog: false };
    run.bookkeeping.set(key, marks);
  }
  return marks;
}

/** Moves the run on by one of its events, the first one apart. */
export function applyEvent(run: RunAggregate, event: NewEvent): void {
  switch (event.type) {
    case 'RUN_STATE_CHANGED':
      // What a person asks to be tried again is not counted against the rounds that the document allows.
      if (isFinalRunState(event.payload.from)) for (const marks of run.bookkeeping.values()) marks.repairRounds = 0;
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
  if (event.type === 'AGENT_MESSAGE' || event.type === 'TOOL_CALLED') bookkeepingOf(run, step.key).hasReplayLog = true;
  if (event.type === 'STEP_STATE_CHANGED') trackPause(run, step, event.payload);
  const before = step.state;
  const isFirst = event.type === 'STEP_STATE_CHANGED' && event.payload.input !== undefined;
  if (isFirst && !run.plannedInputs.has(step.key)) run.plannedInputs.set(step.key, step.input);
  applyPatch(step, stepPatch(event));
  if (event.type === 'STEP_STATE_CHANGED') trackMove(run, step, before, event.payload.repair);
}

function trackPause(run: RunAggregate, step: MutableStep, { to, attempt }: EventPayloads['STEP_STATE_CHANGED']): void {
  const isAtWork = step.state === 'DISPATCHED' || step.state === 'RUNNING';
  if (to === 'WAITING' && isAtWork) bookkeepingOf(run, step.key).paused = true;
  const marks = run.bookkeeping.get(step.key);
  if (!marks) return;
  if (to !== 'WAITING' && to !== 'SCHEDULED') marks.paused = false;
  if (attempt !== step.attempt) marks.hasReplayLog = false;
}

function addSteps(run: RunAggregate, added: EventPayloads['STEPS_ADDED']['steps']): void {
  for (const one of added) {
    const step = createAddedStep(stepOf(run, one.parent), one);
    run.steps.set(step.key, step);
    if (one.role === 'item') itemsOf(run, one.parent).steps.push(step);
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
  // A `for_each` is at work when one of its items is.
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
    const marks = bookkeepingOf(run, key);
    marks.attemptsBefore = step.attempt;
    marks.approved = false;
    if (before === 'SUCCEEDED') run.succeeded.splice(run.succeeded.indexOf(key), 1);
    if (isFailedEnd(before) && step.role === undefined) run.failed.splice(run.failed.indexOf(key), 1);
    if (repair) {
      marks.repair = repair;
      bookkeepingOf(run, repair.step).repairRounds = repair.round;
    }
  }
}

/** The input as it was planned: an attempt must not look for expressions in what an earlier one was given. */
export function plannedInput(run: RunAggregate, step: MutableStep): Json | undefined {
  return run.plannedInputs.has(step.key) ? run.plannedInputs.get(step.key) : step.input;
}

/** The oldest signal of the name that the step asked for, taken out. */
export function takeSignal(run: RunAggregate, step: MutableStep): void {
  const index = run.pendingSignals.findIndex(({ name }) => name === signalName(step));
  if (index >= 0) run.pendingSignals.splice(index, 1);
}

export function signalName({ input }: StepRecord): string | undefined {
  return (input as { readonly name?: string } | undefined)?.name;
}

/** A sleep or a signal that has begun to wait, not one that the policy holds up before that. */
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

export function isWaiting(state: StepState): boolean {
  return state === 'WAITING' || state === 'FAILED_RETRYABLE';
}

function isInProgress(state: StepState): boolean {
  return isActive(state) || isWaiting(state);
}
