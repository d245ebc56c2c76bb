import type { ErrorCode } from '../../core/errors.ts';
import type { Failure } from '../../core/run.ts';
import { isFinalStepState, type StepState } from '../../core/states.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import { isParent, type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';
import { isEnding } from './readiness.ts';
import { moveStep, type Transition, waitUntil } from './transition.ts';

/** An attempt came to nothing: another one, a repair, or the end of the step. */
export function failAttempt(transition: Transition, step: MutableStep, failure: Failure): void {
  if (!isEnding(transition.run) || step.role === 'compensation') {
    if (mayRetry(transition.run, step, failure)) {
      const until = new Date(transition.at.getTime() + backoffMs(transition, step));
      waitUntil(transition, step, 'FAILED_RETRYABLE', until, { error: failure });
      return;
    }
    if (repair(transition, step, failure)) return;
  }
  moveStep(transition, step, stateAfter(failure.code), { error: failure });
}

/** What a failure makes of the step. */
export function stateAfter(code: ErrorCode): StepState {
  if (code === 'FORBIDDEN' || code === 'APPROVAL_REQUIRED') return 'DENIED';
  if (code === 'TIMEOUT' || code === 'CANCELLED') return code;
  return 'FAILED';
}

function mayRetry(run: RunAggregate, step: MutableStep, { code, retryable }: Failure): boolean {
  const { on } = step.terms?.retry ?? {};
  const wanted = on ? on.includes(code) : retryable || code === 'TIMEOUT';
  return wanted && step.attempt - (run.bookkeeping.get(step.key)?.attemptsBefore ?? 0) < step.maxAttempts;
}

const DEFAULT_BACKOFF_MS = 1_000;
const DEFAULT_MAX_BACKOFF_MS = 60_000;

function backoffMs(transition: Transition, step: MutableStep): number {
  const { backoffMs = DEFAULT_BACKOFF_MS, maxBackoffMs = DEFAULT_MAX_BACKOFF_MS } = step.terms?.retry ?? {};
  const tries = step.attempt - (transition.run.bookkeeping.get(step.key)?.attemptsBefore ?? 0);
  return backoffDelayMs(tries, { baseMs: backoffMs, maxMs: maxBackoffMs, random: () => transition.random() });
}

/** Opens the repairing step again, and everything between the two; then the failed step has its transition once more. */
function repair(transition: Transition, step: MutableStep, error: Failure): boolean {
  const { run } = transition;
  const rule = step.terms?.repair;
  if (!rule || step.role !== undefined) return false;
  const round = (run.bookkeeping.get(step.key)?.repairRounds ?? 0) + 1;
  if (round > rule.maxRounds) return false;
  moveStep(transition, step, 'FAILED_RETRYABLE', { error });
  for (const one of stepsBetween(run, rule.step, step.key)) {
    moveStep(transition, one, 'PENDING', one.key === rule.step ? { repair: { step: step.key, round, error } } : {});
  }
  moveStep(transition, step, 'PENDING');
  return true;
}

/** The first step, and all that lie on a way from it to the last one; the last one not. */
function stepsBetween(run: RunAggregate, first: string, last: string): readonly MutableStep[] {
  const leads = new Map<string, boolean>();
  const leadsFromFirst = (key: string): boolean => {
    const known = leads.get(key);
    if (known !== undefined) return known;
    leads.set(key, false);
    const found = key === first || stepOf(run, key).dependsOn.some(leadsFromFirst);
    leads.set(key, found);
    return found;
  };
  const ancestors = new Set<string>();
  const climb = (key: string) => {
    for (const need of stepOf(run, key).dependsOn) {
      if (ancestors.has(need)) continue;
      ancestors.add(need);
      climb(need);
    }
  };
  climb(last);
  return run.topLevel.filter(
    (one) => ancestors.has(one.key) && leadsFromFirst(one.key) && isFinalStepState(one.state) && !isParent(one),
  );
}
