import type { JsonObject } from '../core/json.ts';
import type { Query } from '../queries/define-query.ts';
import type { Attempt } from './model/attempt.ts';
import type { Performed } from './outputs/store-output.ts';
import { type PerformDeps, readingFor, settleStep, withinTime } from './perform-command.ts';

/** Runs one query as a step; what it found is the step's output. */
export function performQuery(
  deps: PerformDeps,
  query: Query,
  options: JsonObject,
  attempt: Attempt,
): Promise<Performed> {
  return withinTime(deps, attempt, async (inner) => {
    const reading = readingFor(deps, query, options, inner);
    const { mediaType, bytes } = await query.run(options, { ...reading, signal: inner.signal });
    return settleStep(deps, inner, { mediaType, content: bytes });
  });
}
