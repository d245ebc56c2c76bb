import { Fault } from '../../core/errors.ts';

/** The disk, or another process that holds the file: it may pass, and concerns every write alike. */
const PASSING = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN)/;

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
export async function orUnwritable<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (!PASSING.test(code)) throw error;
    throw new Fault('UNAVAILABLE', unwritableMessage(code), { retryAfterMs: 1_000, cause: error });
  }
}

/** Prisma wraps what the driver said; a transaction throws it as the adapter gave it. */
function codeOf(error: unknown): string {
  const { cause, meta } = error as { cause?: Said; meta?: { driverAdapterError?: { cause?: Said } } };
  return String((meta?.driverAdapterError?.cause ?? cause)?.originalCode);
}

interface Said {
  readonly originalCode?: unknown;
}
