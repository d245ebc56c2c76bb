import { Fault } from '../core/errors.ts';

/** Exit codes of the command line. */
export const EXIT = { success: 0, failure: 1, misuse: 2 } as const;

/** The command line cannot be understood; the usage text says what can. */
export class UsageError extends Error {}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Faults are for operators and need no stack; anything else is a bug, and its stack shows where. */
export function printError(error: unknown): void {
  console.error(error instanceof Fault ? error.message : error);
  if (!(error instanceof Fault)) return;
  const unmentioned = error.violations.filter(({ message }) => !error.message.includes(message));
  for (const { path, message } of unmentioned) console.error(`  ${path}: ${message}`);
}
