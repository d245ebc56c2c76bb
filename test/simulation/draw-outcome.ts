import type { PolicyEffect } from '../../src/core/policy.ts';
import type { PlannedStep } from '../../src/core/run.ts';
import type { InitialInput, MachineInput, Preparation } from '../../src/engine/model/machine-input.ts';
import { isParent, type MutableStep, type RunAggregate } from '../../src/engine/model/run-aggregate.ts';
import { failureWith, textOutput } from '../support/engine/runs.ts';
import type { Random } from './random.ts';

/** Draws the preparation of a step that is ready. */
export function drawPrepared(random: Random, run: RunAggregate, step: MutableStep, now: number): Preparation {
  const { terms, kind } = step;
  const isItem = step.role === 'item';
  if (!isItem && terms?.when === 'false') return { type: 'skip' };
  if (random.chance(0.02)) return { type: 'refused', failure: failureWith('FORBIDDEN') };
  if (random.chance(0.02)) return { type: 'refused', failure: failureWith('UNAVAILABLE', true) };
  if (isParent(step)) return { type: 'items', items: terms?.forEach as readonly number[] };
  if (random.chance(0.06)) {
    const decisions = [decisionOf('THROTTLE')];
    return { type: 'throttled', until: new Date(now + random.whole(1, 500)), decisions };
  }
  if (kind !== 'APPROVAL' && run.bookkeeping.get(step.key)?.approved !== true && random.chance(0.06)) {
    const decisions = [decisionOf('APPROVE')];
    return { type: 'ask', reason: 'the policy requires it', decisions, ...drawExpiry(random, now) };
  }
  switch (kind) {
    case 'APPROVAL':
      return { type: 'ask', reason: 'may I?', ...drawExpiry(random, now) };
    case 'SLEEP':
      return { type: 'sleep', until: new Date(now + random.whole(0, 400)) };
    case 'SIGNAL': {
      const input = step.input as { readonly name: string };
      const until = random.chance(0.4) ? { until: new Date(now + random.whole(1, 1_000)) } : {};
      return { type: 'await', name: input.name, input, ...until };
    }
    case 'WORKFLOW':
      return { type: 'ready', childId: `run_of_${step.key}_${random.whole(0, 1e9)}` };
    default:
      if (random.chance(0.05)) return { type: 'made', output: textOutput(`cached ${random.whole(0, 1e9)}`) };
      return { type: 'ready', ...(random.chance(0.3) && { input: { drawn: random.whole(0, 1e9) } }) };
  }
}

function drawExpiry(random: Random, now: number) {
  return random.chance(0.4) ? { expiresAt: new Date(now + random.whole(1, 1_500)) } : {};
}

/** Draws the outcome of an attempt. */
export function drawOutcome(random: Random, { key: step, attempt, effect }: MutableStep): MachineInput {
  if (effect === 'external' && random.chance(0.1)) {
    const call = `call_${random.whole(0, 1e9)}`;
    return {
      type: 'paused',
      step,
      attempt,
      call,
      request: { id: call, tool: 't', arguments: {} },
      reason: 'may I call it?',
    };
  }
  const luck = random.real();
  if (luck < 0.72) {
    const artifact = random.chance(0.1) && { artifact: { id: `art_${step}_${attempt}`, name: step } };
    return { type: 'succeeded', step, attempt, output: textOutput(`result ${random.whole(0, 1e9)}`), ...artifact };
  }
  const failed = { type: 'failed', step, attempt } as const;
  if (luck < 0.86) return { ...failed, failure: failureWith('RESOURCE_UNREACHABLE', true) };
  if (luck < 0.92) return { ...failed, failure: failureWith('TIMEOUT', true) };
  return { ...failed, failure: failureWith(random.pick(['BAD_INPUT', 'INTERNAL', 'FORBIDDEN'])) };
}

function decisionOf(effect: PolicyEffect) {
  return { effect, reason: 'drawn', action: 'command:act', roles: [], snapshot: '' };
}

/** A run that the policy does not allow, as a whole or for one of its steps. */
export function drawDenial(random: Random, steps: readonly PlannedStep[]): InitialInput {
  // A failure of a step with `continueOnError` does not end a run; such runs are only denied as a whole.
  const strict = steps.filter(({ terms }) => !terms?.continueOnError);
  const failure = failureWith('FORBIDDEN');
  const decision = decisionOf('DENY');
  if (strict.length === 0 || random.chance(0.3)) return { type: 'denied', failure, decision };
  return { type: 'denied', failure, decision, step: random.pick(strict).key };
}
