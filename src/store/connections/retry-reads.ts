import { Fault } from '../../core/errors.ts';
import { isConnectionLoss } from './postgres-connection.ts';

/** How long a read waits for a database that is away, and between two tries, in milliseconds. */
const READ_TIMEOUT_MS = 10_000;
const INITIAL_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 1_000;

/** Does a read again while the database is away. @throws Fault UNAVAILABLE when that takes too long */
export async function retryReads<T>(read: () => Promise<T>, patience = READ_TIMEOUT_MS): Promise<T> {
  const end = Date.now() + patience;
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

/** Work that must not be done twice: it fails at once while the database is away. @throws Fault UNAVAILABLE */
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
  const message = 'The store cannot be reached: see whether its database server runs, then try again.';
  return new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000, cause });
}
