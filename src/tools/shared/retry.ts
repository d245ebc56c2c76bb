import { setTimeout as pause } from 'node:timers/promises';
import { abortFault } from '../../core/abort.ts';
import { Fault, isRetryable } from '../../core/errors.ts';

/** Waits for work that continues in the background after an abort. @throws Fault CANCELLED or TIMEOUT when aborted */
export function awaitOrAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortFault(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Including the first attempt. */
  readonly maxAttempts: number;
  /** Before the second attempt; doubled before each further one, with jitter. */
  readonly backoffMs: number;
}

/** A service that asks for a longer wait is not waited for: the caller gets the fault. */
const MAX_DELAY_MS = 30_000;

/**
 * Calls `act` until it succeeds or fails permanently. A wait that the service asks for replaces the backoff.
 * @throws Fault of the last attempt
 */
export async function retry<T>(act: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      await waitBeforeRetry(error, attempt, options);
    }
  }
}

/** Waits before the next attempt. @throws the error when there must not be one */
export async function waitBeforeRetry(error: unknown, attempt: number, options: RetryOptions): Promise<void> {
  if (!(error instanceof Fault) || !isRetryable(error.code) || attempt >= options.maxAttempts) throw error;
  // Jitter: callers that failed together must not retry together.
  const ms = error.retryAfterMs ?? options.backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  if (ms > MAX_DELAY_MS) throw error;
  await sleep(ms, options.signal);
}

/** @throws Fault CANCELLED or TIMEOUT when the signal is aborted before */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {
    throw abortFault(signal);
  });
}
