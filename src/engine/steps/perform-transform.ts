import { Fault } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Performed } from '../outputs/store-output.ts';
import { type PerformDeps, settleStep, withinTime } from './perform-command.ts';
import type { TransformOrder } from './transform-task.ts';

const TASK = new URL('./transform-task.ts', import.meta.url);
const MOST_CHARACTERS = 65_536;
/** A JSONata expression can loop for ever, and so can its regular expressions: it is done where it can be stopped. */
const TIMEOUT_MS = 10_000;

/** `input.expression` (JSONata 2) of `input.data`, in a worker. @throws Fault BAD_INPUT, TIMEOUT */
export function performTransform(
  deps: PerformDeps,
  { data = null, expression }: JsonObject,
  attempt: Attempt,
): Promise<Performed> {
  if (typeof expression !== 'string' || expression.length > MOST_CHARACTERS) {
    const message = `A transform has an expression: JSONata of up to ${MOST_CHARACTERS} characters.`;
    throw new Fault('BAD_INPUT', message, { path: ['expression'] });
  }
  return withinTime(deps, attempt, async (inner) => {
    const order: TransformOrder = { data, expression };
    const timeoutMs = inner.step.terms?.timeoutMs ?? TIMEOUT_MS;
    const text = await deps.cpu.run<TransformOrder, string>(TASK, order, { timeoutMs, signal: inner.signal });
    return settleStep(deps, inner, { mediaType: 'application/json', content: text });
  });
}
