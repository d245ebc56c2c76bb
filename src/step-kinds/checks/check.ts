import type { CheckName } from '../stacks/manifest.ts';

/** Where something is wrong. Lines and columns count from 1. */
export interface Diagnostic {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code?: string;
  readonly message: string;
}

/** Result of one tool for the files. */
export interface CheckResult {
  readonly tool: CheckName;
  /** `not installed`: it is not on this server. `skipped`: something before it makes it pointless. */
  readonly status: 'passed' | 'failed' | 'not installed' | 'skipped';
  readonly version?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** What it printed, bounded, or why it did not run. */
  readonly output: string;
}

export const MAX_DIAGNOSTICS = 100;
const MAX_OUTPUT_CHARS = 16_000;

/** The beginning and the end of a long output: what failed stands at the end. */
export function boundedOutput(text: string): string {
  if (text.length <= MAX_OUTPUT_CHARS) return text;
  return `${text.slice(0, 2_000)}\n[… ${text.length - MAX_OUTPUT_CHARS} characters left out …]\n${text.slice(2_000 - MAX_OUTPUT_CHARS)}`;
}

/** A check without a verdict, and why. */
export function inconclusiveCheck(tool: CheckName, status: 'not installed' | 'skipped', why: string): CheckResult {
  return { tool, status, diagnostics: [], output: why };
}
