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

/** What the model makes, or `otherwise` where it makes nothing usable; the log says why. */
export async function withModelFallback<T>(otherwise: T, session: AgentSession, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Fault) || !TOLERATED_CODES.includes(error.code) || session.signal.aborted) throw error;
    session.log('WARN', `The model was of no help, so rules and templates do without: ${error.message}`);
    return otherwise;
  }
}
