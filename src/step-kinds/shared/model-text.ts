import type { AgentSession } from '../../core/agent-session.ts';
import { type ErrorCode, Fault } from '../../core/errors.ts';

/** Failures of a model after which the step uses its rules. Decisions of people, such as FORBIDDEN, are not included. */
const TOLERATED_CODES: readonly ErrorCode[] = [
  'TOO_COSTLY',
  'RESOURCE_UNREACHABLE',
  'THROTTLED',
  'UNAVAILABLE',
  'TIMEOUT',
  'SCHEMA_VIOLATION',
  'BAD_INPUT',
];

/** The result of `ask`, or `fallback` when the model's answer is not usable; the log says why. */
export async function withModelFallback<T>(fallback: T, session: AgentSession, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Fault) || !TOLERATED_CODES.includes(error.code) || session.signal.aborted) throw error;
    session.log('WARN', `The model gave no usable answer; continuing with rules and templates: ${error.message}`);
    return fallback;
  }
}

/** Free text on one line, without characters that a terminal or a document would interpret. */
export function oneLine(text: string, length: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
