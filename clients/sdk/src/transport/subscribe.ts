import type { Connection, Operation, OperationResult } from './open-connection.ts';
import { pause } from './pause.ts';
import { createPullQueue } from './pull-queue.ts';
import { createResumption, retryDelayMs } from './resumption.ts';
import { REPLACED, type SharedConnection } from './shared-connection.ts';
import { asError, errorOfResponse, isTransient, SignalboxError } from './signalbox-error.ts';
import type { OnInterrupted } from './transport.ts';

/** Results that wait for the consumer. At this number the server is told to stop until they are consumed. */
export const MAX_BUFFERED_RESULTS = 32;

export interface SubscribeContext {
  readonly connection: SharedConnection;
  /** Any of them ends the subscription. */
  readonly signals: readonly AbortSignal[];
  readonly onInterrupted?: OnInterrupted | undefined;
}

type AttemptOutcome = 'completed' | 'full' | 'stopped' | SignalboxError;

/**
 * The results of a subscription, pulled: nothing happens before the first `next()`, and at most MAX_BUFFERED_RESULTS
 * results are kept. After an interruption it reconnects and continues from the newest cursor.
 * It ends when the server completes it, on `return()`, and when a signal aborts. It throws errors that are not transient.
 */
export function subscribe<T>(operation: Operation, ctx: SubscribeContext): AsyncIterableIterator<T, undefined> {
  const { connection: shared, signals, onInterrupted } = ctx;
  const queue = createPullQueue<T>(MAX_BUFFERED_RESULTS);
  const resumption = createResumption(operation);
  const stopping = new AbortController();
  let started = false;
  /** Failures since the last result. */
  let failures = 0;

  async function run(): Promise<void> {
    for (;;) {
      await queue.waitForDemand();
      if (stopping.signal.aborted) return;
      const outcome = await attempt();
      if (outcome === 'stopped') return;
      if (outcome === 'completed') return queue.end();
      if (outcome !== 'full' && outcome !== REPLACED) await waitToRetry(outcome);
    }
  }

  async function attempt(): Promise<AttemptOutcome> {
    const connection = await shared.connect().catch(asError);
    if (stopping.signal.aborted) return 'stopped';
    if (!(connection instanceof SignalboxError)) return operate(connection);
    if (!isTransient(connection)) throw connection;
    return connection;
  }

  function operate(connection: Connection): Promise<AttemptOutcome> {
    return new Promise((resolve) => {
      const finish = (outcome: AttemptOutcome) => {
        stopping.signal.removeEventListener('abort', onStop);
        stop();
        resolve(outcome);
      };
      const onStop = () => finish('stopped');
      const stop = connection.start(resumption.operation(), {
        next(result) {
          const error = accept(result);
          if (error) finish(error);
          else if (queue.full) finish('full');
        },
        end: (error) => finish(error ?? 'completed'),
      });
      stopping.signal.addEventListener('abort', onStop);
    });
  }

  function accept({ data, errors }: OperationResult): SignalboxError | undefined {
    if (errors?.length) return errorOfResponse(errors, data);
    const problem = resumption.advance(data);
    if (problem) return problem;
    failures = 0;
    queue.push(data as T);
    return undefined;
  }

  /** Waits until it is time to try again. @throws the error if a retry would fail in the same way */
  async function waitToRetry(error: SignalboxError): Promise<void> {
    if (error.code === 'UNAUTHENTICATED') shared.disconnect(error);
    else if (!isTransient(error)) throw error;
    failures += 1;
    const waitMs = retryDelayMs(error, failures);
    onInterrupted?.(error, waitMs);
    await pause(waitMs, stopping.signal);
  }

  function removeListeners() {
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }

  function stop() {
    removeListeners();
    queue.discard();
    stopping.abort();
  }

  function start() {
    started = true;
    if (signals.some((signal) => signal.aborted)) return stop();
    for (const signal of signals) signal.addEventListener('abort', stop);
    run()
      .catch((error) => queue.end(error))
      .finally(removeListeners);
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
