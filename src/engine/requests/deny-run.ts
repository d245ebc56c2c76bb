import type { Fault } from '../../core/errors.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import type { RunStart } from '../driver/run-start.ts';
import { toFailure } from '../outputs/to-failure.ts';

/**
 * Records a denial, which is part of the audit log, as a run that ended before its first step. It does not hold the
 * idempotency key.
 * @param step the one that the policy does not allow; undefined for the run as a whole
 */
export async function denyRun(
  deps: { readonly runs: RunRegistry; readonly logger: Logger },
  start: RunStart,
  fault: Fault,
  step: string | undefined,
): Promise<void> {
  const { decision } = fault;
  const failure = toFailure(fault, deps.logger, {});
  const input = {
    type: 'denied',
    failure,
    ...(decision && { decision }),
    ...(step !== undefined && { step }),
  } as const;
  await deps.runs.drive({ ...start, input }).completed;
}
