import { type ErrorCode, Fault } from '../core/errors.ts';

/** Exit codes of the command line; 130 is that of an interruption. */
export const EXIT = { success: 0, failure: 1, misuse: 2, refused: 3, unreachable: 4 } as const;

/** An error whose message is all that the caller needs. */
class VerbError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** The arguments of a verb contradict each other, or one of them cannot be understood. */
export class UsageError extends VerbError {
  constructor(message: string) {
    super(message, EXIT.misuse);
  }
}

const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: EXIT.refused,
  FORBIDDEN: EXIT.refused,
  UNAVAILABLE: EXIT.unreachable,
};

/** The function, whose faults are errors in words. */
export function inWords<Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    try {
      return await run(...args);
    } catch (error) {
      throw toVerbError(error);
    }
  };
}

/** A fault with its violations in words. Anything else is a bug and stays what it is. */
function toVerbError(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const unmentioned = error.violations.filter(({ message }) => !error.message.includes(message));
  const lines = unmentioned.map(({ path, message }) => `  ${path}: ${message}`);
  return new VerbError([error.message, ...lines].join('\n'), EXIT_CODES[error.code] ?? EXIT.failure, error);
}
