import { LRUCache } from 'lru-cache';
import { Fault } from '../../core/errors.ts';
import {
  type Expression,
  evaluateJinja,
  JinjaError,
  type Mapping,
  parseExpressionText,
} from '../../lib/jinja/jinja.ts';
import type { Json } from '../../lib/json.ts';

/** Of what an expression makes, and of its value. */
const MAX_BYTES = 64 * 2 ** 20;
/** A typical expression takes a few. */
const MAX_STEPS = 100_000;
const LIMITS = { maxBytes: MAX_BYTES, maxSteps: MAX_STEPS };

const parsed = new LRUCache<string, Expression>({ max: 1_000 });

/**
 * The value of an expression, evaluated synchronously in this thread.
 * @throws Fault BAD_INPUT that names the expression, RESOURCE_TOO_LARGE when it needs too much memory
 */
export function runExpression(source: string, variables: Readonly<Record<string, unknown>>): Json {
  const value = withFaults(source, () => evaluateJinja(parsedExpression(source), variables as Mapping, LIMITS));
  if (value !== undefined) return value;
  throw new Fault('BAD_INPUT', `{{ ${source} }} is not defined. Give it a value, or a default: | default("").`);
}

/**
 * Checks the syntax of an expression and that its filters and tests exist, without evaluating it.
 * @throws Fault BAD_INPUT that names the expression
 */
export function checkExpression(source: string): void {
  withFaults(source, () => parsedExpression(source));
}

/** @throws JinjaError, RangeError */
export function parsedExpression(source: string): Expression {
  const cached = parsed.get(source);
  if (cached) return cached;
  const expression = parseExpressionText(source);
  parsed.set(source, expression);
  return expression;
}

function withFaults<T>(source: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw faultOf(source, error);
  }
}

function faultOf(source: string, error: unknown): unknown {
  const what = `{{ ${source} }}`;
  if (error instanceof RangeError) return new Fault('BAD_INPUT', `${what} is nested too deeply. Split it.`);
  if (!(error instanceof JinjaError)) return error;
  if (error.limit === 'memory') {
    const limit = `${MAX_BYTES / 2 ** 20} MiB`;
    const message = `${what} needs more than the ${limit} of memory that an expression may use. Use a transform step.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (error.limit === 'steps') {
    return new Fault('BAD_INPUT', `${what} needs more than ${MAX_STEPS} steps. Use a transform step.`);
  }
  return new Fault('BAD_INPUT', `${what} cannot be evaluated: ${error.message.slice(0, 300)}. Correct the expression.`);
}
