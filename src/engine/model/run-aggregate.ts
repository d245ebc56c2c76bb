import type { EventPayloads, NewEvent, Repair } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import { addedRecord, created, openedApproval, patchInPlace, runPatch, stepPatch } from '../../core/projection.ts';
import type { ApprovalRecord, RunRecord, RunSnapshot, StepRecord } from '../../core/run.ts';
import { isFinalRunState } from '../../core/run-state.ts';
import { isBadEnd, isFinalStepState, type StepState } from '../../core/step-state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type LiveStep = Mutable<StepRecord>;

/** The children of one `for_each`. */
export interface Items {
  readonly steps: LiveStep[];
  /** How many are over, how many of these ended badly, and how many are neither over nor PENDING. */
  ended: number;
  bad: number;
  underWay: number;
  /** Those before it have all been begun. No event tells it: it only saves looking at them again. */
  next: number;
}

/** What the journal knows of a step beside its record. */
interface Marks {
  /** Attempts made before it was last opened again. */
  triedBefore: number;
  /** Repairs that it has had. */
  rounds: number;
  /** What it is to mend. */
  repair?: Repair;
  /** A person has agreed to it since it was last opened. */
  approved: boolean;
  /** Its attempt has paused for a person's word, and goes on with it. */
  paused: boolean;
  /** The journal has something that its attempt said, a tool that it called, or what a person said to that. */
  spoke: boolean;
}

/**
 * A run under way, as the machine sees it: the fold of its events, in place, because a run may have thousands of steps.
 * Whoever has the events has this.
 */
export interface LiveRun {
  readonly run: Mutable<RunRecord>;
  /** All of them, by key. */
  readonly steps: Map<string, LiveStep>;
  /** The planned ones and the compensations, not the items. */
  readonly top: LiveStep[];
  /** By the key of the `for_each`. */
  readonly items: Map<string, Items>;
  /** Keys in the order in which steps succeeded. */
  readonly succeeded: string[];
  /** Keys of planned steps in the order in which they ended badly. */
  readonly failed: string[];
  readonly approvals: Map<string, ApprovalRecord>;
  /** Received and not yet asked for. */
  readonly signals: { readonly name: string; readonly payload: Json }[];
  /** Ids of the signals that were received. */
  readonly seen: Set<string>;
  readonly marks: Map<string, Marks>;
  /** What was planned as input of the steps whose input has come to something since. */
  readonly templates: Map<string, Json | undefined>;
  /** Steps that are being prepared: the one thing here that no event tells. */
  readonly preparing: Set<string>;
  /** How many steps are at work, and how many wait for something. */
  readonly count: { active: number; waiting: number };
}

export function openRun(runId: string, at: Date, payload: EventPayloads['RUN_CREATED']): LiveRun {
  const { run, steps } = created(runId, at, payload);
  return {
    run,
    steps: new Map(steps.map((step) => [step.key, step])),
    top: [...steps],
    items: new Map(),
    succeeded: [],
    failed: [],
    approvals: new Map(),
    signals: [],
    seen: new Set(),
    marks: new Map(),
    templates: new Map(),
    preparing: new Set(),
    count: { active: 0, waiting: 0 },
  };
}

export function snapshotOf({ run, top }: LiveRun): RunSnapshot {
  return { run: { ...run }, steps: top.map((step) => ({ ...step })) };
}

export function stepOf(live: LiveRun, key: string): LiveStep {
  const step = live.steps.get(key);
  if (!step) throw new Error(`run ${live.run.id} has no step ${key}`);
  return step;
}

export function marksOf(live: LiveRun, key: string): Marks {
  let marks = live.marks.get(key);
  if (!marks) {
    marks = { triedBefore: 0, rounds: 0, approved: false, paused: false, spoke: false };
    live.marks.set(key, marks);
  }
  return marks;
}

/** Moves the run on by one of its events, the first one apart. */
export function apply(live: LiveRun, event: NewEvent): void {
  switch (event.type) {
    case 'RUN_STATE_CHANGED':
      // What a person asks to be tried again is not counted against the rounds that the document allows.
      if (isFinalRunState(event.payload.from)) for (const marks of live.marks.values()) marks.rounds = 0;
      patchInPlace(live.run, runPatch(event));
      return;
    case 'STEPS_ADDED':
      addSteps(live, event.payload.steps);
      return;
    case 'APPROVAL_REQUESTED':
      if (event.step !== undefined && event.payload.call !== undefined) marksOf(live, event.step).spoke = true;
      return void live.approvals.set(event.payload.id, openedApproval(live.run.id, event));
    case 'APPROVAL_DECIDED': {
      const { id, state } = event.payload;
      const isOfStep = live.approvals.get(id)?.call === undefined;
      live.approvals.delete(id);
      if (event.step !== undefined && isOfStep) marksOf(live, event.step).approved = state === 'APPROVED';
      return;
    }
    case 'SIGNAL_RECEIVED': {
      const { id, name, payload = null } = event.payload;
      live.seen.add(id);
      live.signals.push({ name, payload });
      return;
    }
  }
  const step = event.step === undefined ? undefined : live.steps.get(event.step);
  if (!step) return;
  if (event.type === 'AGENT_MESSAGE' || event.type === 'TOOL_CALLED') marksOf(live, step.key).spoke = true;
  if (event.type === 'STEP_STATE_CHANGED') pausedOrBegun(live, step, event.payload);
  const before = step.state;
  const isFirst = event.type === 'STEP_STATE_CHANGED' && event.payload.input !== undefined;
  if (isFirst && !live.templates.has(step.key)) live.templates.set(step.key, step.input);
  patchInPlace(step, stepPatch(event));
  if (event.type === 'STEP_STATE_CHANGED') moved(live, step, before, event.payload.repair);
}

function pausedOrBegun(live: LiveRun, step: LiveStep, { to, attempt }: EventPayloads['STEP_STATE_CHANGED']): void {
  const isAtWork = step.state === 'DISPATCHED' || step.state === 'RUNNING';
  if (to === 'WAITING' && isAtWork) marksOf(live, step.key).paused = true;
  const marks = live.marks.get(step.key);
  if (!marks) return;
  if (to !== 'WAITING' && to !== 'SCHEDULED') marks.paused = false;
  if (attempt !== step.attempt) marks.spoke = false;
}

function addSteps(live: LiveRun, added: EventPayloads['STEPS_ADDED']['steps']): void {
  for (const one of added) {
    const step = addedRecord(stepOf(live, one.parent), one);
    live.steps.set(step.key, step);
    if (one.role === 'item') itemsOf(live, one.parent).steps.push(step);
    else live.top.push(step);
  }
}

function itemsOf(live: LiveRun, parent: string): Items {
  let items = live.items.get(parent);
  if (!items) {
    items = { steps: [], ended: 0, bad: 0, underWay: 0, next: 0 };
    live.items.set(parent, items);
  }
  return items;
}

function moved(live: LiveRun, step: LiveStep, before: StepState, repair: Repair | undefined): void {
  const { state, key } = step;
  // A `for_each` is at work when one of its items is.
  if (!isParent(step)) {
    live.count.active += Number(isActive(state)) - Number(isActive(before));
    live.count.waiting += Number(isWaiting(state)) - Number(isWaiting(before));
  }
  if (step.role === 'item' && step.parent !== undefined) {
    const items = itemsOf(live, step.parent);
    items.ended += Number(isFinalStepState(state)) - Number(isFinalStepState(before));
    items.bad += Number(isBadEnd(state)) - Number(isBadEnd(before));
    items.underWay += Number(isUnderWay(state)) - Number(isUnderWay(before));
    if (state === 'PENDING') items.next = Math.min(items.next, step.index ?? 0);
  }
  if (state === 'SUCCEEDED') {
    live.succeeded.push(key);
    if (step.kind === 'SIGNAL' && !isParent(step)) takeSignal(live, step);
  }
  if (isBadEnd(state) && step.role === undefined) live.failed.push(key);
  if (state === 'PENDING') {
    const marks = marksOf(live, key);
    marks.triedBefore = step.attempt;
    marks.approved = false;
    if (before === 'SUCCEEDED') live.succeeded.splice(live.succeeded.indexOf(key), 1);
    if (isBadEnd(before) && step.role === undefined) live.failed.splice(live.failed.indexOf(key), 1);
    if (repair) {
      marks.repair = repair;
      marksOf(live, repair.step).rounds = repair.round;
    }
  }
}

/** The input as it was planned: an attempt must not look for expressions in what an earlier one was given. */
export function plannedInput(live: LiveRun, step: LiveStep): Json | undefined {
  return live.templates.has(step.key) ? live.templates.get(step.key) : step.input;
}

/** The oldest signal of the name that the step asked for, taken out. */
export function takeSignal(live: LiveRun, step: LiveStep): void {
  const index = live.signals.findIndex(({ name }) => name === signalName(step));
  if (index >= 0) live.signals.splice(index, 1);
}

export function signalName({ input }: StepRecord): string | undefined {
  return (input as { readonly name?: string } | undefined)?.name;
}

/** A sleep or a signal that has begun to wait, not one that the policy holds up before that. */
export function hasBegun(live: LiveRun, { key, attempt }: StepRecord): boolean {
  return attempt > (live.marks.get(key)?.triedBefore ?? 0);
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

function isUnderWay(state: StepState): boolean {
  return isActive(state) || isWaiting(state);
}
