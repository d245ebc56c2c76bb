import type { Connection, Operation, OperationResult } from './open-connection.ts';
import { createPullQueue } from './pull-queue.ts';
import { backoffMs, createResumption } from './resumption.ts';
import type { SharedConnection } from './shared-connection.ts';
import { errorOfResponse, isTransient, SignalboxError } from './signalbox-error.ts';

/** Results that wait for the consumer. When so many wait, the server is told to stop until they are taken. */
export const MAX_BUFFERED_RESULTS = 32;

export interface SubscribeContext {
  readonly wire: SharedConnection;
  /** Any of them ends the subscription. */
  readonly signals: readonly AbortSignal[];
  onInterrupted?: ((error: SignalboxError, retryInMs: number) => void) | undefined;
}

type AttemptOutcome = 'completed' | 'full' | 'stopped' | SignalboxError;

/**
 * The results of a subscription, pulled: nothing happens before the first `next()`, and not more is kept than the
 * consumer may be behind. Interruptions are bridged: it connects again and goes on from the newest cursor.
 * It ends when the server completes it, on `return()`, and when a signal aborts; it throws what does not pass.
 */
export function subscribe<T>(operation: Operation, ctx: SubscribeContext): AsyncIterableIterator<T, undefined> {
  const { wire, signals, onInterrupted } = ctx;
  const queue = createPullQueue<T>(MAX_BUFFERED_RESULTS);
  const resumption = createResumption(operation);
  const stopping = new AbortController();
  let started = false;
  /** Since the last result. */
  let failures = 0;

  async function run(): Promise<void> {
    for (;;) {
      await queue.waitForDemand();
      if (stopping.signal.aborted) return;
      const outcome = await attempt();
      if (outcome === 'stopped') return;
      if (outcome === 'completed') return queue.end();
      if (outcome !== 'full') await interrupted(outcome);
    }
  }

  async function attempt(): Promise<AttemptOutcome> {
    const connection = await wire.connect().catch(asError);
    if (stopping.signal.aborted) return 'stopped';
    if (!(connection instanceof SignalboxError)) return operate(connection);
    if (!isTransient(connection)) throw connection;
    return connection;
  }

  function operate(connection: Connection): Promise<AttemptOutcome> {
    return new Promise((resolve) => {
      const leave = (outcome: AttemptOutcome) => {
        stopping.signal.removeEventListener('abort', onStop);
        stop();
        resolve(outcome);
      };
      const onStop = () => leave('stopped');
      const stop = connection.start(resumption.operation(), {
        next(result) {
          const error = take(result);
          if (error) leave(error);
          else if (queue.full) leave('full');
        },
        end: (error) => leave(error ?? 'completed'),
      });
      stopping.signal.addEventListener('abort', onStop);
    });
  }

  function take({ data, errors }: OperationResult): SignalboxError | undefined {
    if (errors?.length) return errorOfResponse(errors, data);
    const problem = resumption.advance(data);
    if (problem) return problem;
    failures = 0;
    queue.push(data as T);
    return undefined;
  }

  /** Waits until it is time to try again. @throws the error, when it would be the same again */
  async function interrupted(error: SignalboxError): Promise<void> {
    if (error.code === 'UNAUTHENTICATED') wire.disconnect(error);
    else if (!isTransient(error)) throw error;
    failures += 1;
    const waitMs = Math.max(backoffMs(failures, Math.random()), error.retryAfterMs ?? 0);
    onInterrupted?.(error, waitMs);
    await pause(waitMs, stopping.signal);
  }

  function finish() {
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }

  function stop() {
    finish();
    queue.discard();
    stopping.abort();
  }

  function start() {
    started = true;
    if (signals.some((signal) => signal.aborted)) return stop();
    for (const signal of signals) signal.addEventListener('abort', stop);
    run()
      .catch((error) => queue.end(error))
      .finally(finish);
  }

  return {
    next() {
      if (!started) start();
      return queue.next();
    },
    return() {
      started = true;
      stop();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function asError(error: unknown): SignalboxError {
  return error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error), { cause: error });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
