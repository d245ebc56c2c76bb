import type { NewEvent } from '../core/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Query } from '../queries/define-query.ts';
import type { LiveRun, LiveStep } from './machine/live-run.ts';
import { type PerformDeps, readingFor, settleStep, withinTime } from './perform-command.ts';
import type { Performed } from './settle.ts';

/** Runs one query as a step; what it found is the step's output. */
export function performQuery(
  deps: PerformDeps,
  query: Query,
  options: JsonObject,
  live: LiveRun,
  step: LiveStep,
  note: (event: NewEvent) => void,
  signal: AbortSignal,
): Promise<Performed> {
  return withinTime(deps, step, signal, async (stop) => {
    const reading = readingFor(deps, query, options, live, step, stop, note);
    const { mediaType, bytes } = await query.run(options, { ...reading, signal: stop });
    return settleStep(deps, step, { mediaType, content: bytes }, stop);
  });
}
