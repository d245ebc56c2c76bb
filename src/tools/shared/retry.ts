import { setTimeout as pause } from 'node:timers/promises';
import { abortFault } from '../../core/abort.ts';
import { Fault, isRetryable } from '../../core/errors.ts';

/** Waits for work that goes on without us when we are aborted. @throws Fault CANCELLED or TIMEOUT then */
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
  /** All of them, with the first one. */
  readonly tries: number;
  /** Before the second try; twice as long before each one after that, and shortened by chance. */
  readonly pauseMs: number;
}

/** Whoever asks for more than that is told to come back himself. */
const MAX_DELAY_MS = 30_000;

/**
 * Does it until it succeeds, or fails in a way that does not pass by itself. What the other side says about when to come
 * back goes before our own pauses.
 * @throws Fault of the last try
 */
export async function retry<T>(act: () => Promise<T>, patience: RetryOptions): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      await waitBeforeRetry(error, tries, patience);
    }
  }
}

/** Waits before the next try. @throws what failed, when there is to be none */
export async function waitBeforeRetry(error: unknown, tries: number, patience: RetryOptions): Promise<void> {
  if (!(error instanceof Fault) || !isRetryable(error.code) || tries >= patience.tries) throw error;
  // Many that failed together shall not come back together.
  const ms = error.retryAfterMs ?? patience.pauseMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
  if (ms > MAX_DELAY_MS) throw error;
  await sleep(ms, patience.signal);
}

/** @throws Fault CANCELLED or TIMEOUT when the signal is aborted before */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {
    throw abortFault(signal);
  });
}
