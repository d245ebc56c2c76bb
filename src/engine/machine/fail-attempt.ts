import type { ErrorCode } from '../../core/errors.ts';
import type { Failure } from '../../core/run.ts';
import { isFinalStepState, type StepState } from '../../core/states.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import { isParent, type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';
import { isEnding } from './readiness.ts';
import { moveStep, type Transition, waitUntil } from './transition.ts';

/** An attempt failed: another one follows, a repair, or the end of the step. */
export function failAttempt(transition: Transition, step: MutableStep, failure: Failure): void {
  const mayContinue = !failure.fatal && (!isEnding(transition.run) || step.role === 'compensation');
  if (mayContinue) {
    if (mayRetry(transition.run, step, failure)) {
      const until = new Date(
        transition.at.getTime() + Math.max(backoffMs(transition, step), failure.retryAfterMs ?? 0),
      );
      waitUntil(transition, step, 'FAILED_RETRYABLE', until, { error: failure });
      return;
    }
    if (repair(transition, step, failure)) return;
  }
  moveStep(transition, step, failure.fatal ? 'FAILED_FATAL' : stateAfter(failure.code), { error: failure });
}

/** The state of a step that ends with such a failure. */
export function stateAfter(code: ErrorCode): StepState {
  if (code === 'FORBIDDEN' || code === 'APPROVAL_REQUIRED') return 'DENIED';
  if (code === 'TIMEOUT' || code === 'CANCELLED') return code;
  return 'FAILED';
}

function mayRetry(run: RunAggregate, step: MutableStep, { code, retryable }: Failure): boolean {
  const { on } = step.terms?.retry ?? {};
  const isRetryable = on ? on.includes(code) : retryable || code === 'TIMEOUT';
  return isRetryable && step.attempt - (run.bookkeeping.get(step.key)?.attemptsBefore ?? 0) < step.maxAttempts;
}

const DEFAULT_BACKOFF_MS = 1_000;
const DEFAULT_MAX_BACKOFF_MS = 60_000;

function backoffMs(transition: Transition, step: MutableStep): number {
  const { backoffMs = DEFAULT_BACKOFF_MS, maxBackoffMs = DEFAULT_MAX_BACKOFF_MS } = step.terms?.retry ?? {};
  const tries = step.attempt - (transition.run.bookkeeping.get(step.key)?.attemptsBefore ?? 0);
  return backoffDelayMs(tries, { baseMs: backoffMs, maxMs: maxBackoffMs, random: () => transition.random() });
}

/** Opens the repairing step again, all steps between the two, and the failed step. */
function repair(transition: Transition, step: MutableStep, error: Failure): boolean {
  const { run } = transition;
  const rule = step.terms?.repair;
  if (!rule || step.role !== undefined) return false;
  const round = (run.bookkeeping.get(step.key)?.repairRounds ?? 0) + 1;
  if (round > rule.maxRounds) return false;
  moveStep(transition, step, 'FAILED_RETRYABLE', { error });
  for (const reopened of stepsBetween(run, rule.step, step.key)) {
    moveStep(
      transition,
      reopened,
      'PENDING',
      reopened.key === rule.step ? { repair: { step: step.key, round, error } } : {},
    );
  }
  moveStep(transition, step, 'PENDING');
  return true;
}

/** The first step, and all steps on a path from it to the last one, without the last one. */
function stepsBetween(run: RunAggregate, first: string, last: string): readonly MutableStep[] {
  const leads = new Map<string, boolean>();
  const leadsFromFirst = (key: string): boolean => {
    const cached = leads.get(key);
    if (cached !== undefined) return cached;
    leads.set(key, false);
    const result = key === first || stepOf(run, key).dependsOn.some(leadsFromFirst);
    leads.set(key, result);
    return result;
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
    (step) => ancestors.has(step.key) && leadsFromFirst(step.key) && isFinalStepState(step.state) && !isParent(step),
  );
}
