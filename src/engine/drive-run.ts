import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { Decision } from '../core/decision.ts';
import { Fault } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import type { Journal } from '../core/journal.ts';
import { fold } from '../core/projection.ts';
import type { Failure, RunSnapshot, StepRecord } from '../core/run.ts';
import { isFinalRunState } from '../core/run-state.ts';
import { recordOnce } from './record-once.ts';
import { type Effect, next, type Signal } from './run-machine.ts';
import type { Performed } from './settle.ts';

/** A run of pure steps is recorded when it ends, unless it takes longer than this; then it is seen while it runs. */
const VISIBLE_AFTER_MS = 100;
const RETRY_APPEND_MS = 500;

/** What the machine's effects mean. */
export interface Hands {
  /** The decisions that let the step pass. @throws Fault when one does not */
  decide(run: RunSnapshot, step: StepRecord): readonly Decision[];
  /** Does the step. `note` adds an event about it that changes no state. */
  act(run: RunSnapshot, step: StepRecord, note: (event: NewEvent) => void): Promise<Performed>;
  failureOf(error: unknown, run: RunSnapshot, step: StepRecord): Failure;
}

interface DriveOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly hands: Hands;
}

export interface Driven {
  /**
   * The run when it has ended and that is durable.
   * @throws Fault UNAVAILABLE when the journal does not take the events; a run that was already recorded is then carried
   *   on in the background. CONFLICT when another node owns the run, or its idempotency key was taken.
   */
  readonly done: Promise<RunSnapshot>;
  /** Leaves the run to recovery: nothing is appended any more. */
  abandon(): void;
}

/** A run as the driver takes it: with the events that are not in the journal yet. */
export interface Start {
  readonly run: RunSnapshot;
  /** Seq of its newest event in the journal; 0 when it is new. */
  readonly recorded: number;
  readonly events: readonly NewEvent[];
  readonly signal: Signal;
}

/** The loop around the machine: gives it signals, records its events, carries its effects out. */
export function driveRun({ journal, clock, hands }: DriveOptions, start: Start): Driven {
  let run = start.run;
  let recorded = start.recorded;
  let pending: NewEvent[] = [...start.events];
  let eager = recorded > 0;
  let writing: Promise<void> | undefined;

  let stopped = false;
  const { promise: done, resolve, reject } = Promise.withResolvers<RunSnapshot>();
  const visible = setTimeout(() => {
    eager = true;
    void flush();
  }, VISIBLE_AFTER_MS);

  const stop = () => {
    stopped = true;
    clearTimeout(visible);
  };
  let abandoned = false;
  const abandon = () => {
    abandoned = true;
    stop();
    reject(
      new Fault('UNAVAILABLE', 'The server is stopping; the run goes on when it is back.', { retryAfterMs: 2_000 }),
    );
  };

  const write = async () => {
    while (pending.length > 0 && !abandoned) {
      const events = recordOnce(pending);
      pending = [];
      try {
        const appended = await journal.append(run.run.id, recorded + 1, events);
        recorded += events.length;
        const head = appended.events.at(-1);
        if (head)
          run = { ...run, run: { ...run.run, seq: head.seq, headPosition: head.position, headHash: head.hash } };
      } catch (error) {
        reject(error);
        const lost = recorded === 0 || !(error instanceof Fault) || error.code === 'CONFLICT';
        if (lost) return stop();
        pending = [...events, ...pending];
        await sleep(RETRY_APPEND_MS);
      }
    }
    // In the same turn as the last look at `pending`, so that no event falls between.
    writing = undefined;
    if (isFinalRunState(run.run.state) && pending.length === 0) resolve(run);
  };
  const flush = async () => {
    if (pending.length > 0) writing ??= write();
    await writing;
  };

  const inbox: Signal[] = [];
  let busy = false;
  const tell = (signal: Signal) => {
    inbox.push(signal);
    if (busy) return;
    busy = true;
    for (let one = inbox.shift(); one && !stopped; one = inbox.shift()) {
      const move = next(run, one, clock.now());
      run = move.run;
      pending.push(...move.events);
      for (const effect of move.effects) carryOut(effect);
    }
    busy = false;
    const ended = isFinalRunState(run.run.state);
    if (ended) stop();
    if (ended || eager) void flush();
  };

  const note = (event: NewEvent) => {
    if (stopped) return;
    run = fold(run, event);
    pending.push(event);
    if (eager) void flush();
  };

  const carryOut = ({ type, step }: Effect) => {
    if (type === 'act') {
      act(step).then(tell, (error) => {
        tell({ type: 'failed', step: step.key, failure: hands.failureOf(error, run, step) });
      });
      return;
    }
    try {
      tell({ type: 'allowed', step: step.key, decisions: hands.decide(run, step) });
    } catch (error) {
      const decisions = error instanceof Fault && error.decision ? [error.decision] : [];
      tell({ type: 'refused', step: step.key, decisions, failure: hands.failureOf(error, run, step) });
    }
  };

  const act = async (step: StepRecord): Promise<Signal> => {
    if (step.effect === 'external') {
      // What acts on the outside world must be known to be under way first.
      eager = true;
      await flush();
      if (stopped) throw new Fault('UNAVAILABLE', 'The step was not started: its start could not be recorded.');
    }
    return { type: 'succeeded', step: step.key, ...(await hands.act(run, step, note)) };
  };

  tell(start.signal);
  return { done, abandon };
}
