import { Fault } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Attempt } from '../model/attempt.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import type { CommandStepDeps } from './step-deps.ts';
import { storeStepOutput } from './store-step-output.ts';
import { cpuOf, withTimeLimit } from './time-limit.ts';
import type { TransformTask } from './transform-task.ts';

const TASK_URL = new URL('./transform-task.ts', import.meta.url);
const MAX_EXPRESSION_CHARACTERS = 65_536;
/** CPU time. A JSONata expression, or a regular expression in it, can loop forever: it runs in a worker, which can be stopped. */
const DEFAULT_TIMEOUT_MS = 10_000;
const ADVICE = 'Raise timeout_ms of the step, or transform less data.';

/** `input.expression` (JSONata 2) of `input.data`, in a worker. @throws Fault BAD_INPUT, TIMEOUT, RESOURCE_TOO_LARGE */
export function performTransform(
  deps: CommandStepDeps,
  { data = null, expression }: JsonObject,
  attempt: Attempt,
): Promise<StoredOutput> {
  if (typeof expression !== 'string' || expression.length > MAX_EXPRESSION_CHARACTERS) {
    const message = `A transform needs an expression: JSONata of at most ${MAX_EXPRESSION_CHARACTERS} characters.`;
    throw new Fault('BAD_INPUT', message, { path: ['expression'] });
  }
  return withTimeLimit(deps, attempt, async (inner) => {
    const order: TransformTask = { data, expression, maxBytes: deps.maxResultBytes };
    const timeoutMs = inner.step.terms?.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const options = { timeoutMs, signal: inner.signal, program: expression, advice: ADVICE };
    const text = await cpuOf(deps, inner).run<TransformTask, string>(TASK_URL, order, options);
    return storeStepOutput(deps, inner, { mediaType: 'application/json', content: text });
  });
}
