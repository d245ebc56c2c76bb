import type { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Journal } from '../../core/journal.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { RunStart } from '../driver/drive-run.ts';
import { emit, moveRun, moveStep, type Transition } from '../machine/transition.ts';
import { toFailure } from '../outputs/to-failure.ts';

/**
 * A denial is part of the audit log: a run that ended before its first step. It does not hold the idempotency key.
 * @param step the one that the policy does not let pass; undefined for the run as a whole
 */
export async function denyRun(
  { journal, logger }: { readonly journal: Journal; readonly logger: Logger },
  { run: live, events }: RunStart,
  fault: Fault,
  step: string | undefined,
  at: Date,
): Promise<void> {
  const failure = toFailure(fault, logger, {});
  const turn: Transition = { run: live, at, random: Math.random, newId, events: [], effects: [] };
  if (fault.decision) {
    const payload = { decision: fault.decision };
    emit(turn, { type: 'POLICY_DECIDED', at, ...(step !== undefined && { step }), payload });
  }
  for (const one of live.topLevel) {
    if (one.key === step) moveStep(turn, one, 'DENIED', { error: failure });
    else moveStep(turn, one, 'SKIPPED');
  }
  moveRun(turn, 'DENIED', { error: { ...failure, ...(step !== undefined && { step }) } });
  await journal.append(live.record.id, 1, [...events, ...turn.events]);
}
