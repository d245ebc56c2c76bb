import { Fault } from '../../core/errors.ts';

/** The disk, or another process that holds the file: it may pass, and concerns every write alike. */
const TRANSIENT_CODES = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN)/;

/** What to say of a write that SQLite refused with this code. */
export function unwritableMessage(code: string): string {
  const advice =
    code === 'SQLITE_FULL'
      ? 'free space on its disk'
      : code === 'SQLITE_BUSY'
        ? 'see which process holds it'
        : 'see the log';
  return `The store cannot write (${code}), and nothing was changed: ${advice}, then try again.`;
}

/** A write through Prisma. @throws Fault UNAVAILABLE when SQLite cannot write now */
export async function rethrowUnwritable<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = driverErrorCode(error);
    if (!TRANSIENT_CODES.test(code)) throw error;
    throw new Fault('UNAVAILABLE', unwritableMessage(code), { retryAfterMs: 1_000, cause: error });
  }
}

/** Prisma wraps what the driver said; a transaction throws it as the adapter gave it. */
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
