import { randomUUID } from 'node:crypto';
import { Fault, isRetryable } from '../../core/errors.ts';
import type { Failure } from '../../core/run.ts';
import type { LogFields, Logger } from '../../core/telemetry.ts';
import { wellFormed, wellFormedJson } from '../../lib/json.ts';

/** A thrown error as the journal stores it. Anything but a Fault is a bug: its stack is logged, and the failure refers to the log. */
export function toFailure(error: unknown, logger: Logger, fields: LogFields): Failure {
  if (error instanceof Fault) {
    const details =
      error.details ?? (error.violations.length ? { violations: error.violations.map((v) => ({ ...v })) } : undefined);
    return {
      code: error.code,
      message: wellFormed(error.message),
      retryable: isRetryable(error.code),
      ...(details !== undefined && { details: wellFormedJson(details) }),
      ...(error.fatal && { fatal: true, retryable: false }),
      ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    };
  }
  const reference = randomUUID();
  logger.error('step.bug', { ...fields, reference, error: error instanceof Error ? error.stack : String(error) });
  return {
    code: 'INTERNAL',
    message: `Internal error. The server log has the details under the reference ${reference}.`,
    retryable: false,
  };
}
