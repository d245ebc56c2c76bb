import { useRef } from 'react';
import { SignalboxError } from '../../../../../sdk/src/index.ts';
import { isFinalRunState, type RunModel } from '../../../../../sdk/src/live/index.ts';
import type { Live } from '../../../../../sdk/src/react/index.ts';
import { useLive } from '../../../../../sdk/src/react/use-live.ts';
import { client } from '../../../api/client.ts';
import { StepTimesBeginDocument, StepTimesDocument } from '../../../api/generated/graphql.ts';
import { addMove, NO_SEGMENTS, type Segment } from './step-times.ts';

/** Maximum number of keys in the filter of a subscription. */
const MAX_KEYS = 100;

/** The segments of each step by its key, from the beginning of the run, and as it continues. */
export type StepTimes = ReadonlyMap<string, readonly Segment[]>;

/** Follows the steps of a run until it has ended. Items of a `for_each` have no row, and are not read. */
export function useStepTimes({ id: runId, state, steps }: RunModel): Live<StepTimes> {
  const keys = [...steps.keys()];
  const isEnded = isFinalRunState(state);
  const live = useLive<StepTimes>(client, ['step times', runId, keys, isEnded], ({ client, signal, persist, show }) => {
    let times: StepTimes = new Map();
    const behind = new Set(partsOf(keys));
    if (behind.size === 0) show(times);
    for (const part of behind) {
      persist(async ({ onInterrupted, onCurrent }) => {
        const { run } = await client.request(StepTimesBeginDocument, { runId }, { signal });
        if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${runId}, or you may not see it.`);
        const variables = { runId, steps: part, after: run.events.cursor };
        const read = new Map<string, readonly Segment[]>();
        let isKnown = false;
        for await (const { events } of client.subscribe(StepTimesDocument, variables, { signal, onInterrupted })) {
          onCurrent();
          for (const event of events.events) {
            if (event.__typename !== 'StepStateChanged' || event.step == null) continue;
            const { scheduledAt = null, startedAt = null } = event;
            const move = { ...event, scheduledAt, startedAt };
            read.set(event.step, addMove(read.get(event.step) ?? NO_SEGMENTS, move));
          }
          isKnown ||= events.caughtUp;
          if (!isKnown) continue;
          behind.delete(part);
          times = new Map([...times, ...read]);
          if (behind.size === 0) show(times);
          if (isEnded) return;
        }
      });
    }
  });
  // While what was followed is read to its end, it stays.
  const known = useRef(live.data);
  if (live.data) known.current = live.data;
  return { ...live, data: known.current };
}

function partsOf(keys: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, n) =>
    keys.slice(n * MAX_KEYS, (n + 1) * MAX_KEYS),
  );
}
