import { Fault } from '../../core/errors.ts';

/** A problem of the disk, or a lock of another process: it may be temporary, and affects every write. */
const TRANSIENT_CODES = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN)/;

/** The message for a write that SQLite rejected with this code. */
export function unwritableMessage(code: string): string {
  const advice =
    code === 'SQLITE_FULL'
      ? 'free space on its disk'
      : code === 'SQLITE_BUSY'
        ? 'find the process that locks it'
        : 'see the log for the cause';
  return `The store cannot write (${code}). Nothing was changed; ${advice}, then try again.`;
}

/** For a write through Prisma. @throws Fault UNAVAILABLE if SQLite cannot write now */
export async function rethrowUnwritable<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = driverErrorCode(error);
    if (!TRANSIENT_CODES.test(code)) throw error;
    throw new Fault('UNAVAILABLE', unwritableMessage(code), { retryAfterMs: 1_000, cause: error });
  }
}

/** Prisma wraps the driver's error; a transaction throws the adapter's error unwrapped. */
function driverErrorCode(error: unknown): string {
  const { cause, meta } = error as {
    cause?: DriverErrorCause;
    meta?: { driverAdapterError?: { cause?: DriverErrorCause } };
  };
  return String((meta?.driverAdapterError?.cause ?? cause)?.originalCode);
}

interface DriverErrorCause {
  readonly originalCode?: unknown;
}
