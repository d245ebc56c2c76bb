/** A problem and its position. Lines and columns count from 1. */
export interface Diagnostic {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code?: string;
  readonly message: string;
}

/** Result of one tool for the files. */
export interface CheckResult {
  readonly tool: string;
  /** The command line that asked for it; absent for a check of the stack. */
  readonly command?: string;
  /** `not installed`: the tool is missing on this server. `skipped`: an earlier result makes the check pointless. */
  readonly status: 'passed' | 'failed' | 'not installed' | 'skipped';
  readonly version?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Output of bounded length, or the reason why the check did not run. */
  readonly output: string;
}

export const MAX_DIAGNOSTICS = 100;
/** @param reason as in the result of `python.run` */
export function stoppedDiagnostic(reason: string, timeoutSec: number): Diagnostic {
  const limit = reason === 'TIMEOUT' ? `; its time limit is ${timeoutSec} s` : '';
  return { code: reason, message: `The program was stopped (${reason})${limit}.` };
}

const MAX_OUTPUT_CHARS = 16_000;

/** Shortens a long output to its beginning and its end, which lists the failures. */
export function boundedOutput(text: string): string {
  if (text.length <= MAX_OUTPUT_CHARS) return text;
  return `${text.slice(0, 2_000)}\n[… ${text.length - MAX_OUTPUT_CHARS} characters omitted …]\n${text.slice(2_000 - MAX_OUTPUT_CHARS)}`;
}

/** A check without a verdict, and why. */
export function inconclusiveCheck(tool: string, status: 'not installed' | 'skipped', why: string): CheckResult {
  return { tool, status, diagnostics: [], output: why };
}
