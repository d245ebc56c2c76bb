import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import type { Failure } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';
import { actorOf } from '../model/actor.ts';
import { type Attempt, PausedError, UndeliveredError } from '../model/attempt.ts';
import { isJob } from '../model/job-id.ts';
import type { MachineEffect, MachineInput, Preparation } from '../model/machine-input.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import type { Recorder } from './recorder.ts';
import type { Slots } from './slots.ts';
import type { Timers } from './timers.ts';

/** Carries out the effects of the machine. An error that one of these throws is a failure of the step or the run. */
export interface EffectHandlers {
  /** Evaluates the step's expressions and asks the policy. */
  prepare(run: RunAggregate, step: MutableStep): Preparation | Promise<Preparation>;
  /** Performs the step. @throws PausedError when the attempt waits for an approval */
  act(attempt: Attempt): Promise<Partial<StoredOutput>>;
  /** The job of the step has ended; its attempt may not have begun to wait yet, or be on another node. */
  continueJob?(step: MutableStep): void;
  gather(run: RunAggregate, step: MutableStep): Promise<Partial<StoredOutput>>;
  conclude(run: RunAggregate): Promise<{ readonly outputs: JsonObject; readonly events: readonly NewEvent[] }>;
  /** Must not throw: an error here is an error of the engine, for which the run is released. */
  toFailure(error: unknown, run: RunAggregate, step?: MutableStep): Failure;
}

interface EffectRunnerOptions {
  readonly run: RunAggregate;
  readonly handlers: EffectHandlers;
  readonly slots: Slots;
  readonly timers: Timers;
  readonly recorder: Recorder;
  /** The run has ended or was released: nothing more may begin. */
  isStopped(): boolean;
  isReleased(): boolean;
  readonly beginWait: Attempt['beginWait'];
  send(input: MachineInput): void;
  emit(event: NewEvent): void;
  /** Called with an error that no handler is responsible for. */
  onCrash(error: unknown): void;
}

/** @returns begins to carry out an effect. What follows from it is sent to the machine */
export function createEffectRunner(options: EffectRunnerOptions): (effect: MachineEffect) => void {
  const { run, handlers, slots, timers, recorder, isStopped, isReleased, beginWait, send, emit, onCrash } = options;

  const prepare = (step: MutableStep) => {
    const onPrepared = (prepared: Preparation) => send({ type: 'prepared', step: step.key, prepared });
    const onError = (error: unknown) => onPrepared({ type: 'refused', failure: handlers.toFailure(error, run, step) });
    let prepared: Preparation | Promise<Preparation>;
    try {
      prepared = handlers.prepare(run, step);
    } catch (error) {
      onError(error);
      return;
    }
    if (prepared instanceof Promise) prepared.then(onPrepared, onError).catch(onCrash);
    else onPrepared(prepared);
  };

  const act = async (step: MutableStep): Promise<void> => {
    const { signal, end } = slots.begin(step.key);
    const flush = async () => {
      await recorder.flush();
      if (isReleased()) throw RELEASED;
      signal.throwIfAborted();
    };
    try {
      // That a step acts on the outside world must be durable before it does. A job is recorded with its dispatch.
      if (step.effect === 'external' && !isJob(step)) {
        await recorder.flush();
        if (isStopped() || signal.aborted) return;
      }
      const delivered = () => send({ type: 'delivered', step: step.key, attempt: step.attempt });
      const actor = actorOf(run.record);
      await settle(step, () => handlers.act({ run, step, actor, signal, emit, flush, delivered, beginWait }));
    } finally {
      end();
    }
  };

  const settle = async (step: MutableStep, perform: () => Promise<Partial<StoredOutput>>): Promise<void> => {
    const { key, attempt } = step;
    let result: Partial<StoredOutput>;
    try {
      result = await perform();
    } catch (error) {
      if (error instanceof PausedError) {
        const { call, request, reason } = error;
        send({ type: 'paused', step: key, attempt, call, request, reason });
      } else if (error instanceof UndeliveredError) {
        send({ type: 'undelivered', step: key, attempt, until: error.until });
      } else send({ type: 'failed', step: key, attempt, failure: handlers.toFailure(error, run, step) });
      return;
    }
    send({ type: 'succeeded', step: key, attempt, ...result });
  };

  const conclude = async (): Promise<void> => {
    let input: MachineInput;
    try {
      const { outputs, events } = await handlers.conclude(run);
      for (const event of events) emit(event);
      input = { type: 'concluded', outputs };
    } catch (error) {
      input = { type: 'concluded', failure: handlers.toFailure(error, run) };
    }
    send(input);
  };

  return (effect) => {
    switch (effect.type) {
      case 'prepare':
        prepare(effect.step);
        break;
      case 'queue':
        slots.request(effect.step, () => send({ type: 'begun', step: effect.step.key }));
        break;
      case 'act':
        act(effect.step).catch(onCrash);
        break;
      case 'continueJob':
        handlers.continueJob?.(effect.step);
        break;
      case 'gather':
        settle(effect.step, () => handlers.gather(run, effect.step)).catch(onCrash);
        break;
      case 'wake':
        timers.set(effect.step.key, effect.at);
        break;
      case 'abort':
        slots.abort(effect.step.key, RUN_CANCELLED);
        break;
      case 'conclude':
        conclude().catch(onCrash);
        break;
      default:
        effect satisfies never;
    }
  };
}

export const RELEASED = new Fault(
  'UNAVAILABLE',
  'The server released the run, which continues on another node or when the server is back.',
  { retryAfterMs: 2_000 },
);
const RUN_CANCELLED = new Fault('CANCELLED', 'The run was cancelled.');
