import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { Journal } from '../../core/journal.ts';
import type { Failure, RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { JsonObject } from '../../lib/json.ts';
import { next } from '../machine/next.ts';
import { type Attempt, PausedError } from '../model/attempt.ts';
import type { MachineEffect, MachineInput, Preparation } from '../model/machine-input.ts';
import { applyEvent, type MutableStep, type RunAggregate, snapshotOf } from '../model/run-aggregate.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import { coalesceMoves } from './coalesce-moves.ts';
import type { Dispatcher } from './dispatcher.ts';
import { createTimers } from './timers.ts';

/** A run of pure steps is recorded when it ends, unless it takes longer than this; then it is seen while it runs. */
const MAX_UNRECORDED_MS = 250;
const APPEND_RETRY_MS = 500;

/** What the machine's effects mean. What any of these throws is taken for a failure. */
export interface EffectHandlers {
  /** Evaluates the step's expressions and asks the policy. */
  prepare(live: RunAggregate, step: MutableStep): Preparation | Promise<Preparation>;
  /** Does the step. May throw `Paused` beside what fails it. */
  act(attempt: Attempt): Promise<Partial<StoredOutput>>;
  gather(live: RunAggregate, step: MutableStep): Promise<Partial<StoredOutput>>;
  conclude(live: RunAggregate): Promise<{ readonly outputs: JsonObject; readonly events: readonly NewEvent[] }>;
  toFailure(error: unknown, live: RunAggregate, step?: MutableStep): Failure;
}

interface DriveOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  readonly handlers: EffectHandlers;
}

export interface RunHandle {
  readonly run: RunAggregate;
  /**
   * The run when it has ended and that is durable.
   * @throws Fault UNAVAILABLE when the journal does not take the events; a run that was already recorded is then carried
   *   on in the background. CONFLICT when another node owns the run, or its idempotency key was taken.
   */
  readonly completed: Promise<RunSnapshot>;
  /** When nothing more comes of it here: the run at its durable end, or the fault for which it was let go. Never rejects. */
  readonly released: Promise<RunSnapshot | Fault>;
  /** The run when it has ended, or when all that is left of it waits; durable in either case. Rejects as `done` does. */
  completedOrWaiting(): Promise<RunSnapshot>;
  /** Resolves when all that has happened so far is durable; from then on events are recorded as they happen. */
  flush(): Promise<void>;
  /**
   * Tells the machine something from outside. Resolves when what came of it is durable.
   * @throws Fault UNAVAILABLE when the run was let go meanwhile, and was perhaps told nothing
   */
  send(signal: MachineInput): Promise<void>;
  /** Leaves the run to whoever claims it: nothing is appended any more, and what is under way is aborted. */
  release(why?: Fault): void;
  /** Resolves when nothing of it is on its way to the journal any more: only then can be told what is in there. */
  drained(): Promise<void>;
}

/** A run as the driver takes it: with the events that are not in the journal yet. */
export interface RunStart {
  readonly run: RunAggregate;
  /** Seq of its newest event in the journal; 0 when it is new. */
  readonly persistedSeq: number;
  readonly events: readonly NewEvent[];
  readonly input: MachineInput;
}

/** The loop around the machine: gives it signals, records its events, carries its effects out. */
export function driveRun({ journal, clock, dispatcher, handlers: hands }: DriveOptions, start: RunStart): RunHandle {
  const { run: live } = start;
  const { record: run } = live;
  let recorded = start.persistedSeq;
  let pending: NewEvent[] = [...start.events];
  let eager = recorded > 0;
  let writing: Promise<void> | undefined;
  let stopped = false;
  let abandoned = false;

  const { promise: done, resolve, reject } = Promise.withResolvers<RunSnapshot>();
  // Whoever waits for the run is told; nobody has to.
  done.catch(() => {});
  const { promise: over, resolve: end } = Promise.withResolvers<RunSnapshot | Fault>();
  /** What is under way, by step: aborts it. */
  const atWork = new Map<string, AbortController>();
  /** Gives back the place that a step has. */
  const places = new Map<string, () => void>();
  const freePlace = (key: string) => {
    const giveBack = places.get(key);
    places.delete(key);
    giveBack?.();
  };
  /** Tickets that wait for a place. */
  const queued = new Map<string, () => void>();
  const timers = createTimers(clock, (step) => send({ type: 'woke', step }));
  const visible = setTimeout(() => {
    eager = true;
    void flush();
  }, MAX_UNRECORDED_MS);

  const stop = () => {
    stopped = true;
    clearTimeout(visible);
    timers.clear();
    for (const withdraw of queued.values()) withdraw();
    queued.clear();
    for (const key of places.keys()) if (!atWork.has(key)) freePlace(key);
  };
  const abandon = (why = RELEASED) => {
    abandoned = true;
    stop();
    for (const work of atWork.values()) work.abort(RELEASED);
    reject(why);
    end(why);
  };

  const write = async () => {
    while (pending.length > 0 && !abandoned) {
      const events = coalesceMoves(pending);
      pending = [];
      try {
        const head = (await journal.append(run.id, recorded + 1, events)).events.at(-1);
        recorded += events.length;
        if (head) Object.assign(run, { seq: head.seq, headPosition: head.position, headHash: head.hash });
      } catch (error) {
        reject(error);
        const lost = recorded === 0 || !(error instanceof Fault) || error.code === 'CONFLICT';
        if (lost) return abandon(error instanceof Fault ? error : RELEASED);
        pending = [...events, ...pending];
        await sleep(APPEND_RETRY_MS);
      }
    }
    // In the same turn as the last look at `pending`, so that no event falls between.
    writing = undefined;
    if (!isFinalRunState(run.state) || pending.length > 0 || abandoned) return;
    const ended = snapshotOf(live);
    resolve(ended);
    end(ended);
  };
  const flush = async () => {
    if (pending.length > 0) writing ??= write();
    await writing;
  };

  let waits: PromiseWithResolvers<void> | undefined;
  const inbox: MachineInput[] = [];
  let busy = false;
  const send = (signal: MachineInput) => {
    inbox.push(signal);
    if (busy) return;
    busy = true;
    for (let one = inbox.shift(); one && !stopped; one = inbox.shift()) {
      const move = next(live, one, { at: clock.now(), random: Math.random, newId });
      pending.push(...move.events);
      for (const effect of move.effects) carryOut(effect);
      // It got its place, and nothing came of it: it was stopped meanwhile.
      if (one.type === 'begun' && !move.effects.some(({ type }) => type === 'act')) freePlace(one.step);
    }
    busy = false;
    const ended = isFinalRunState(run.state);
    if (ended) stop();
    if (ended || eager) void flush();
    if (run.state === 'WAITING') waits?.resolve();
  };

  const note = (event: NewEvent) => {
    if (stopped) return;
    applyEvent(live, event);
    pending.push(event);
    if (eager) void flush();
  };

  const carryOut = (effect: MachineEffect): void => {
    if (effect.type === 'conclude') return void conclude();
    const { step } = effect;
    if (effect.type === 'prepare') prepare(step);
    else if (effect.type === 'queue') enqueue(step);
    else if (effect.type === 'act') void act(step);
    else if (effect.type === 'gather') void settleWith(step, hands.gather(live, step));
    else if (effect.type === 'wake') timers.set(step.key, effect.at);
    else atWork.get(step.key)?.abort(RUN_CANCELLED);
  };

  const prepare = (step: MutableStep) => {
    const tell = (prepared: Preparation) => send({ type: 'prepared', step: step.key, prepared });
    const refused = (error: unknown): Preparation => ({ type: 'refused', failure: hands.toFailure(error, live, step) });
    try {
      const prepared = hands.prepare(live, step);
      if (prepared instanceof Promise) prepared.catch(refused).then(tell);
      else tell(prepared);
    } catch (error) {
      tell(refused(error));
    }
  };

  const enqueue = (step: MutableStep) => {
    const begin = (giveBack: () => void) => {
      queued.delete(step.key);
      places.set(step.key, giveBack);
      send({ type: 'begun', step: step.key });
    };
    // Waiting for another run takes no place: that run needs them.
    if (step.kind === 'WORKFLOW') return begin(() => {});
    const { id: runId, workflow, priority, plan } = run;
    const most = {
      ...(plan?.maxParallel !== undefined && { run: plan.maxParallel }),
      ...(plan?.maxParallelRuns !== undefined && { workflow: plan.maxParallelRuns }),
    };
    const ticket = { runId, kind: step.kind, ...(workflow !== undefined && { workflow }), priority, most };
    let begun = false;
    const withdraw = dispatcher.requestSlot(ticket, (giveBack) => {
      begun = true;
      begin(giveBack);
    });
    if (!begun) queued.set(step.key, withdraw);
  };

  const act = async (step: MutableStep) => {
    const work = new AbortController();
    atWork.set(step.key, work);
    try {
      if (step.effect === 'external') {
        // What acts on the outside world must be known to be under way first.
        eager = true;
        await flush();
        // It may have been cancelled meanwhile: then it must not act any more.
        if (stopped || work.signal.aborted) return;
      }
      const { signal } = work;
      const recorded = async () => {
        eager = true;
        await flush();
        if (abandoned) throw RELEASED;
        signal.throwIfAborted();
      };
      await settleWith(step, hands.act({ run: live, step, signal, emit: note, flush: recorded }));
    } finally {
      atWork.delete(step.key);
      freePlace(step.key);
    }
  };

  const settleWith = async (step: MutableStep, work: Promise<Partial<StoredOutput>>) => {
    const { key, attempt } = step;
    try {
      send({ type: 'succeeded', step: key, attempt, ...(await work) });
    } catch (error) {
      if (error instanceof PausedError) {
        const { call, reason } = error;
        send({ type: 'paused', step: key, attempt, call, reason });
      } else send({ type: 'failed', step: key, attempt, failure: hands.toFailure(error, live, step) });
    }
  };

  const conclude = async () => {
    try {
      const { outputs, events } = await hands.conclude(live);
      for (const event of events) note(event);
      send({ type: 'concluded', outputs });
    } catch (error) {
      send({ type: 'concluded', failure: hands.toFailure(error, live) });
    }
  };

  send(start.input);
  return {
    run: live,
    completed: done,
    released: over,
    completedOrWaiting: async () => {
      waits ??= Promise.withResolvers();
      if (run.state === 'WAITING') waits.resolve();
      const parked = waits.promise.then(async () => {
        eager = true;
        await flush();
        return snapshotOf(live);
      });
      return Promise.race([done, parked]);
    },
    flush: async () => {
      eager = true;
      await flush();
    },
    send: async (signal) => {
      send(signal);
      eager = true;
      await flush();
      if (abandoned) throw RELEASED;
    },
    release: abandon,
    drained: async () => writing,
  };
}

const RELEASED = new Fault(
  'UNAVAILABLE',
  'The server let go of the run, which goes on at another node or when the server is back.',
  {
    retryAfterMs: 2_000,
  },
);
const RUN_CANCELLED = new Fault('CANCELLED', 'The run was cancelled.');
