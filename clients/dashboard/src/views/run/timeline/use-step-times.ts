import { SignalboxError } from '../../../../../sdk/src/index.ts';
import type { RunModel } from '../../../../../sdk/src/live/index.ts';
import type { Live } from '../../../../../sdk/src/react/index.ts';
import { useLive } from '../../../../../sdk/src/react/use-live.ts';
import { client } from '../../../api/client.ts';
import { StepTimesBeginDocument, StepTimesDocument } from '../../../api/generated/graphql.ts';
import { addMove, NO_SEGMENTS, type Segment } from './step-times.ts';

/** Maximum number of keys in the filter of a subscription. */
const MAX_KEYS = 100;

/** The segments of each step by its key, from the beginning of the run, and as it continues. */
export type StepTimes = ReadonlyMap<string, readonly Segment[]>;

export function useStepTimes({ id: runId, steps }: RunModel): Live<StepTimes> {
  // Items of a `for_each` have no row; they are left out where the filter has room for the steps.
  const keys = steps.size > MAX_KEYS ? null : [...steps.keys()];
  return useLive<StepTimes>(client, ['step times', runId, keys], ({ client, signal, persist, show }) => {
    persist(async ({ onInterrupted, onCurrent }) => {
      const { run } = await client.request(StepTimesBeginDocument, { runId }, { signal });
      if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${runId}, or you may not see it.`);
      const variables = { runId, steps: keys, after: run.events.cursor };
      let times: StepTimes = new Map();
      let isKnown = false;
      for await (const { events } of client.subscribe(StepTimesDocument, variables, { signal, onInterrupted })) {
        onCurrent();
        const next = new Map(times);
        for (const event of events.events) {
          if (event.__typename !== 'StepStateChanged' || event.step == null) continue;
          const { scheduledAt = null, startedAt = null } = event;
          const move = { ...event, scheduledAt, startedAt };
          next.set(event.step, addMove(next.get(event.step) ?? NO_SEGMENTS, move));
        }
        times = next;
        isKnown ||= events.caughtUp;
        if (isKnown) show(times);
      }
    });
  });
}
