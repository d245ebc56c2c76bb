import { randomUUID } from 'node:crypto';
import { setImmediate as turnEnded } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { Journal } from '../../core/journal.ts';
import type { RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { Logger } from '../../core/telemetry.ts';
import { next } from '../machine/next.ts';
import type { Environment } from '../machine/transition.ts';
import type { Attempt } from '../model/attempt.ts';
import type { MachineInput } from '../model/machine-input.ts';
import { isActive, type MutableStep, type RunAggregate, snapshotOf } from '../model/run-aggregate.ts';
import type { Dispatcher } from './dispatcher.ts';
import { createEffectRunner, type EffectHandlers, RELEASED } from './effect-runner.ts';
import { createRecorder } from './recorder.ts';
import type { RunStart } from './run-start.ts';
import { createSlots, type JobPlaces } from './slots.ts';
import { createTimers } from './timers.ts';

export interface DriveOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  readonly jobPlaces?: JobPlaces;
  readonly handlers: EffectHandlers;
  readonly logger: Logger;
  /** Called when all that is left of the run waits; also repeatedly. */
  onWaiting?(runId: string): void;
}

/** What a run waits for, besides messages. */
export interface Wait {
  /** When its next timer is due, in milliseconds since 1970; Infinity without one. */
  readonly until: number;
  /** Its children for whose end it waits. */
  readonly childIds: readonly string[];
  /** In which it waits for a worker. */
  readonly queue?: string;
}

export interface RunHandle {
  readonly run: RunAggregate;
  /** This process no longer drives the run. */
  isReleased(): boolean;
  /**
   * The run when it has ended and that is durable.
   * @throws Fault UNAVAILABLE when the journal does not take the events; a run that was already recorded then continues in
   *   the background, and `details.runId` names it. CONFLICT when another node owns the run, or its idempotency key was taken. INTERNAL when the engine
   *   failed; the run is then released.
   */
  readonly completed: Promise<RunSnapshot>;
  /**
   * When this process no longer drives the run: the run at its durable end, or why it was released: `PARKED` when it only
   * waits. Never rejects.
   */
  readonly released: Promise<RunSnapshot | Fault>;
  /** The run when it has ended, or when all that is left of it waits; durable in either case. Rejects as `completed` does. */
  completedOrWaiting(): Promise<RunSnapshot>;
  /** Resolves when all that has happened so far is durable; from then on events are recorded as they happen. */
  flush(): Promise<void>;
  /**
   * Sends the run an input from outside. Resolves when the events that follow are durable.
   * @throws Fault UNAVAILABLE when the run was released in the meantime; it may not have taken the input
   */
  send(input: MachineInput): Promise<void>;
  /** True while the store refuses the run's events, and they are sent again. */
  isRefused(): boolean;
  /** What the run waits for, if that is all it does, is durable, and nobody here waits for the run. */
  waitsFor(): Wait | undefined;
  /** Somebody here waits for the run, until the returned function is called. */
  hold(): () => void;
  /** Leaves the run to the next node that claims it: nothing more is appended, and running steps are aborted. */
  release(reason?: Fault): void;
  /** Resolves when no append for the run is in progress: only then the journal shows what was recorded. */
  drained(): Promise<void>;
}

/** A step that only waits, and for what. */
interface AwaitingStep {
  readonly step: MutableStep;
  /** Empty unless it waits for a run. */
  readonly childId: string;
  readonly until: number;
  readonly queue: string | undefined;
}

/** That a worker has a job is often recorded together with its end. */
const DELIVERED_DELAY_MS = 100;

/** The loop around the machine: sends it inputs, records its events, carries out its effects. */
export function driveRun(options: DriveOptions, start: RunStart): RunHandle {
  const { journal, clock, handlers, logger } = options;
  const { run, persistedSeq } = start;
  const { record } = run;
  const completed = Promise.withResolvers<RunSnapshot>();
  const released = Promise.withResolvers<RunSnapshot | Fault>();
  // Waiting for the run is optional.
  completed.promise.catch(() => {});
  let waiting: PromiseWithResolvers<void> | undefined;
  let isStopped = false;
  let isReleased = false;
  let holders = 0;
  /** The steps that only wait for their child or their job. Undefined for most runs. */
  let awaiting: Set<AwaitingStep> | undefined;

  const onlyWaits = () =>
    record.state === 'WAITING' || (awaiting !== undefined && awaiting.size > 0 && awaiting.size === run.counts.active);
  const considerWaiting = () => {
    if (onlyWaits()) options.onWaiting?.(record.id);
  };
  const beginWait: Attempt['beginWait'] = (step, until, queue) => {
    const entry = { step, childId: step.childId ?? '', until, queue };
    awaiting ??= new Set();
    awaiting.add(entry);
    considerWaiting();
    return () => {
      awaiting?.delete(entry);
      considerWaiting();
    };
  };

  const recorder = createRecorder({
    journal,
    run,
    persistedSeq,
    onFlushed() {
      considerWaiting();
      if (!isFinalRunState(record.state)) return;
      const ended = snapshotOf(run);
      completed.resolve(ended);
      released.resolve(ended);
    },
    onFailure(error, isFinal) {
      if (!(error instanceof Fault)) return onCrash(error);
      completed.reject(record.headPosition === 0 ? error : recordedFault(record.id, error));
      if (isFinal) release(error);
    },
  });
  const slots = createSlots({ ...options, beginWait }, record);
  const timers = createTimers(clock, (step) => send({ type: 'woke', step }));

  const stop = () => {
    isStopped = true;
    timers.clear();
    slots.close();
  };
  const release = (reason = RELEASED) => {
    isReleased = true;
    stop();
    recorder.close();
    slots.abortAll(RELEASED);
    completed.reject(reason);
    released.resolve(reason);
  };
  /** The run in memory may differ from its events now, so it must not continue from here: it is read again. */
  const onCrash = (error: unknown) => {
    const { id: runId, traceId } = record;
    const reference = randomUUID();
    const stack = error instanceof Error ? error.stack : String(error);
    logger.error('run.crashed', { runId, traceId, reference, error: stack });
    const message = `The engine failed while it drove run ${runId}, and reads the run again. The log has details under ${reference}.`;
    release(new Fault('INTERNAL', message, { cause: error, details: { runId } }));
  };

  const environment = (): Environment => ({ at: clock.now(), random: Math.random, newId });
  const emit = (event: NewEvent) => {
    if (isStopped) return;
    try {
      recorder.add(next(run, { type: 'emitted', event }, environment()).events);
      recorder.commit();
    } catch (error) {
      onCrash(error);
    }
  };

  const queue: MachineInput[] = [];
  let isBusy = false;
  const send = (input: MachineInput) => {
    queue.push(input);
    // An effect that has its result at once sends it while the effects of the same transition are still carried out.
    if (isBusy) return;
    isBusy = true;
    try {
      for (let item = queue.shift(); item && !isStopped; item = queue.shift()) handle(item);
      if (isFinalRunState(record.state)) stop();
    } catch (error) {
      onCrash(error);
    } finally {
      isBusy = false;
    }
    if (isReleased) return;
    if (isFinalRunState(record.state)) void recorder.flush();
    else if (input.type === 'delivered') setTimeout(recorder.commit, DELIVERED_DELAY_MS);
    else if (input.type === 'jobEnded') setImmediate(recorder.commit);
    else recorder.commit();
    if (record.state === 'WAITING') waiting?.resolve();
  };
  const handle = (input: MachineInput) => {
    const { events, effects } = next(run, input, environment());
    recorder.add(events);
    for (const effect of effects) carryOut(effect);
    // The step has ended since it asked for the slot.
    if (input.type === 'begun') slots.release(input.step);
  };
  const carryOut = createEffectRunner({
    run,
    handlers,
    slots,
    timers,
    recorder,
    isStopped: () => isStopped,
    isReleased: () => isReleased,
    beginWait,
    send,
    emit,
    onCrash,
  });

  recorder.add(start.events);
  send(start.input);
  return {
    run,
    isReleased: () => isReleased,
    completed: completed.promise,
    released: released.promise,
    async completedOrWaiting() {
      waiting ??= Promise.withResolvers();
      if (record.state === 'WAITING') waiting.resolve();
      const parked = waiting.promise.then(async () => {
        await recorder.flush();
        return snapshotOf(run);
      });
      return Promise.race([completed.promise, parked]);
    },
    flush: () => recorder.flush(),
    async send(input) {
      send(input);
      // The end of its step follows in this turn of the event loop, and is recorded together with it.
      if (input.type === 'jobEnded') await turnEnded();
      await recorder.flush();
      if (isReleased) throw RELEASED;
    },
    isRefused: () => recorder.isRetrying(),
    waitsFor() {
      if (isStopped || holders > 0 || !onlyWaits() || run.preparing.size > 0 || !recorder.isIdle()) return undefined;
      // Of a step that was aborted, or tried again, an entry may be left for a moment.
      const entries = [...(awaiting ?? [])].filter(
        (e) => isActive(e.step.state) && (e.step.childId ?? '') === e.childId,
      );
      if (entries.length < run.counts.active) return undefined;
      const until = Math.min(timers.nextAt() ?? Infinity, ...entries.map((entry) => entry.until));
      const childIds = entries.flatMap(({ childId }) => (childId === '' ? [] : [childId]));
      const queues = new Set(entries.flatMap(({ queue }) => (queue === undefined ? [] : [queue])));
      // A row is in one queue.
      if (queues.size > 1) return undefined;
      const [queue] = queues;
      return { until, childIds, ...(queue !== undefined && { queue }) };
    },
    hold() {
      holders += 1;
      return () => {
        holders -= 1;
        considerWaiting();
      };
    },
    release,
    drained: () => recorder.drained(),
  };
}

/** Why a run that only waits was released: it continues when its time or a message comes. */
export const PARKED = new Fault('UNAVAILABLE', 'The run waits, and is not in memory.');

/** The caller must not take the run for refused, and start it again. */
function recordedFault(runId: string, error: Fault): Fault {
  const { code, message, retryAfterMs } = error;
  return new Fault(code, `Run ${runId} is recorded, and continues as soon as it can be. ${message}`, {
    cause: error,
    details: { runId },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
