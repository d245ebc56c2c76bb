import { Fault } from '../../core/errors.ts';
import { isConnectionLoss } from './postgres-connection.ts';

/** How long a read is retried, and the backoff between two tries, in milliseconds. */
const READ_TIMEOUT_MS = 10_000;
const INITIAL_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 1_000;

/** Retries a read while the database cannot be reached. @throws Fault UNAVAILABLE after the timeout */
export async function retryReads<T>(read: () => Promise<T>, timeoutMs = READ_TIMEOUT_MS): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (let pause = INITIAL_BACKOFF_MS; ; pause = Math.min(2 * pause, MAX_BACKOFF_MS)) {
    try {
      return await read();
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      if (Date.now() + pause > end) throw unavailableFault(error);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** For work that must not be repeated: it fails at once while the database cannot be reached. @throws Fault UNAVAILABLE */
export async function rethrowUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isConnectionLoss(error) || isLockTimeout(error) ? unavailableFault(error) : error;
  }
}

/** lock_not_available: a lock was held for longer than the session waits. */
function isLockTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === '55P03';
}

function unavailableFault(cause: unknown): Fault {
  const message = 'The store cannot be reached. Check that its database server is running, then try again.';
  return new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000, cause });
}
