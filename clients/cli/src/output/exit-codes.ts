import { SignalboxError } from '../../../sdk/src/index.ts';

/** Exit codes of the command line. */
export const EXIT = { success: 0, failed: 1, usage: 2, refused: 3, unreachable: 4, interrupted: 130 } as const;

/** An error whose message is all that the caller needs. Those of the server verbs have the same shape. */
interface ExitError extends Error {
  readonly exitCode: number;
}

/** The command line cannot be understood. The message says what can. */
export class UsageError extends Error implements ExitError {
  readonly exitCode = EXIT.usage;
}

/** ^C at a question. There is nothing to say. */
export class Interrupted extends Error implements ExitError {
  readonly exitCode = EXIT.interrupted;
}

function isExitError(error: unknown): error is ExitError {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';
}

const CODES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: EXIT.refused,
  FORBIDDEN: EXIT.refused,
  APPROVAL_REQUIRED: EXIT.refused,
  UNAVAILABLE: EXIT.unreachable,
};

/** What to do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Sign in with signalbox login.',
};

export function exitCodeOf(error: unknown): number {
  if (isExitError(error)) return error.exitCode;
  return error instanceof SignalboxError ? (CODES[error.code] ?? EXIT.failed) : EXIT.failed;
}

/** The words for standard error: what happened, why, and what to do. */
export function errorText(error: unknown): string {
  if (isExitError(error)) return error.message;
  if (!(error instanceof SignalboxError)) return unexpectedText(error);
  if (error.message.startsWith('Cannot reach '))
    return `${error.message} Name another one with --url or SIGNALBOX_URL.`;
  const advice = ADVICE[error.code];
  return [`${error.code}: ${error.message}`, ...detailsOf(error), ...(advice === undefined ? [] : [advice])].join('\n');
}

/** One line: an error of the operating system, such as a full disk, or a fault of the program. */
function unexpectedText(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
  return error instanceof Error && 'syscall' in error
    ? `${message}. Check the path, its permissions and the free space.`
    : `Unexpected error: ${message}. This is a fault of signalbox: report it with the command that you entered.`;
}

/** Violations by path, and the rule of the policy, unless the message has them. */
function detailsOf({ message, refusal, retryAfterMs }: SignalboxError): string[] {
  const violations = (refusal?.violations ?? []).filter(
    (violation) => !message.includes(`${violation.path} ${violation.message}`.trim()),
  );
  const lines = violations.map((violation) => `  ${violation.path || '(all)'}: ${violation.message}`);
  const decision = refusal?.decision;
  if (decision && !message.includes(decision.reason)) lines.push(`Policy: ${decision.reason}`);
  if (decision?.rule) lines.push(`Rule: ${decision.rule.id}`);
  if (retryAfterMs !== undefined) lines.push(`Try again in ${Math.ceil(retryAfterMs / 1000)} s.`);
  return lines;
}
