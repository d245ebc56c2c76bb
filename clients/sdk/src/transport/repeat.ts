import { pause } from './pause.ts';
import { retryDelayMs } from './resumption.ts';
import { SignalboxError } from './signalbox-error.ts';

interface RepeatOptions {
  /** Aborts when nothing may be sent any more: the caller's signal, or the end of the client. */
  readonly signal: AbortSignal;
  /** Milliseconds after which the newest error is thrown instead of another attempt. */
  readonly timeoutMs: number;
}

/**
 * The result of an operation that the server carries out once, however often it arrives: it is sent again after a lost
 * connection, UNAVAILABLE and THROTTLED, after the time that the server asks for.
 */
export async function repeat<T>(send: () => Promise<T>, { signal, timeoutMs }: RepeatOptions): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  for (let failures = 1; ; failures += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof SignalboxError) || (error.code !== 'UNAVAILABLE' && error.code !== 'THROTTLED'))
        throw error;
      const waitMs = retryDelayMs(error, failures);
      if (performance.now() + waitMs > endsAt) throw error;
      await pause(waitMs, signal);
      signal.throwIfAborted();
    }
  }
}
