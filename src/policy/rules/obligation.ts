import type { JobConstraints } from '../../cap/constraints.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision, PolicyEffect } from '../../core/policy.ts';
import { parseRateLimit, type RateLimit } from './rate-limit.ts';

/** What a rule demands in addition to its effect. */
interface Obligation {
  readonly rate?: RateLimit;
  readonly constraints?: JobConstraints;
}

const NUMBERS = ['max_runtime_ms', 'max_retries', 'max_artifact_bytes', 'max_concurrent_jobs'] as const;

/**
 * Reads an obligation: conditions separated by spaces. `rate=10/m` belongs to `throttle`, and limits such as
 * `max_runtime_ms=60000` to rules about jobs that do not deny.
 * @throws Fault BAD_INPUT
 */
export function parseObligation(text: string, effect: PolicyEffect, action: string): Obligation {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const rates = words.filter((word) => word.startsWith('rate='));
  const others = words.filter((word) => !word.startsWith('rate='));
  if (effect !== 'THROTTLE' && rates.length > 0) throw invalid('only a throttle rule has a rate. Leave it out.');
  // Without exactly one rate, it is not valid either.
  const hasOnlyRate = effect === 'THROTTLE' && (rates.length !== 1 || !action.startsWith('job:'));
  if (hasOnlyRate) return { rate: parseRateLimit(text) };
  const mayConstrain = effect !== 'DENY' && action.startsWith('job:');
  if (others.length > 0 && !mayConstrain) {
    throw invalid('only throttle rules, and rules that let job:TOPIC be done, may have one. Leave it empty.');
  }
  const constraints = Object.fromEntries(others.map(parseConstraint));
  if (Object.keys(constraints).length < others.length) throw invalid('a limit is written twice. Write it once.');
  return {
    ...(rates[0] !== undefined && { rate: parseRateLimit(rates[0]) }),
    ...(others.length > 0 && { constraints }),
  };
}

function parseConstraint(word: string): readonly [string, number | string] {
  const [, name = '', value = ''] = /^([a-z_]+)=([A-Za-z0-9_-]{1,64})$/.exec(word) ?? [];
  if (name === 'redaction_level') return [name, value];
  if (NUMBERS.some((one) => one === name) && /^[0-9]{1,15}$/.test(value)) return [name, Number(value)];
  const names = NUMBERS.map((one) => `${one}=NUMBER`).join(', ');
  throw invalid(`"${word.slice(0, 64)}" is not a limit of jobs. Write ${names} or redaction_level=WORD.`);
}

function invalid(message: string): Fault {
  return new Fault('BAD_INPUT', message);
}

/** The limits of all decisions together: of each the lowest; undefined when none has any. */
export function constraintsOf(decisions: readonly Decision[]): JobConstraints | undefined {
  let strictest: JobConstraints | undefined;
  for (const { rule } of decisions) {
    if (rule?.obligation === undefined) continue;
    const { constraints } = parseObligation(rule.obligation, rule.effect, rule.action);
    if (constraints) strictest = strictest ? lowest(strictest, constraints) : constraints;
  }
  return strictest;
}

function lowest(a: JobConstraints, b: JobConstraints): JobConstraints {
  const numbers = NUMBERS.flatMap((name) => {
    const values = [a[name], b[name]].filter((value) => value !== undefined);
    return values.length === 0 ? [] : [[name, Math.min(...values)] as const];
  });
  const level = a.redaction_level ?? b.redaction_level;
  return { ...Object.fromEntries(numbers), ...(level !== undefined && { redaction_level: level }) };
}
