import type { PlannedStep, RunPlan, StepBody, StepOptions } from '../../src/core/run.ts';
import { plannedStep } from '../support/engine/runs.ts';
import type { Random } from './random.ts';

/** The names of the signals that steps of kind SIGNAL wait for. */
export const SIGNALS = ['go', 'stop'] as const;

/** A random plan: an acyclic graph of steps with random options. */
export function drawPlan(random: Random): { readonly steps: readonly PlannedStep[]; readonly plan?: RunPlan } {
  const steps: PlannedStep[] = [];
  const count = random.whole(1, 9);
  for (let i = 0; i < count; i++) {
    const dependsOn = steps.filter(() => random.chance(0.35)).map(({ key }) => key);
    steps.push(drawStep(random, `s${i}`, dependsOn, steps));
  }
  return { steps, ...(random.chance(0.3) && { plan: { outputs: { all: '{{ steps.s0.output }}' } } }) };
}

function drawStep(
  random: Random,
  key: string,
  dependsOn: readonly string[],
  before: readonly PlannedStep[],
): PlannedStep {
  const kind = random.chance(0.7) ? 'COMMAND' : random.pick(['APPROVAL', 'SLEEP', 'SIGNAL', 'WORKFLOW'] as const);
  const body = { ...drawBody(random), ...(kind !== 'COMMAND' && { kind, effect: 'pure' as const, maxAttempts: 1 }) };
  const input = kind === 'SIGNAL' ? { name: random.pick(SIGNALS) } : {};
  return plannedStep(key, {
    ...body,
    dependsOn,
    input,
    terms: drawOptions(random, kind === 'COMMAND', dependsOn, before),
  });
}

function drawBody(random: Random): StepBody {
  const effect = random.chance(0.4) ? 'external' : 'pure';
  return {
    kind: 'COMMAND',
    capability: 'act',
    effect,
    input: {},
    maxAttempts: random.chance(0.5) ? 1 : random.whole(2, 4),
  };
}

function drawOptions(
  random: Random,
  isCommand: boolean,
  dependsOn: readonly string[],
  before: readonly PlannedStep[],
): StepOptions {
  const isMany = random.chance(0.3);
  const repaired = random.chance(0.3) && !isMany ? drawAncestor(random, dependsOn, before) : undefined;
  return {
    ...(random.chance(0.7) && isCommand && { retry: { backoffMs: random.whole(0, 50), maxBackoffMs: 200 } }),
    ...(random.chance(0.2) && { when: random.pick(['true', 'false']) }),
    ...(random.chance(0.2) && { continueOnError: true }),
    ...(random.chance(0.2) && { idempotent: true }),
    ...(random.chance(0.5) && { compensate: drawBody(random) }),
    ...(repaired !== undefined && { repair: { step: repaired, maxRounds: random.whole(1, 2) } }),
    ...(isMany && {
      forEach: Array.from({ length: random.whole(0, 5) }, (_, i) => i),
      onItemFailure: random.pick(['fail_fast', 'collect'] as const),
      ...(random.chance(0.7) && { maxParallel: random.whole(1, 3) }),
    }),
  };
}

/** A random ancestor, unless a `for_each` is among the ancestors: documents cannot have that. */
function drawAncestor(random: Random, needs: readonly string[], before: readonly PlannedStep[]): string | undefined {
  const ancestors = new Set(needs);
  for (const key of ancestors) {
    const step = before.find((one) => one.key === key);
    if (step?.terms?.forEach !== undefined) return undefined;
    for (const need of step?.dependsOn ?? []) ancestors.add(need);
  }
  return ancestors.size > 0 ? random.pick([...ancestors]) : undefined;
}
