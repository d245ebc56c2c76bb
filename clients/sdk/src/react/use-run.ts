import type { RunModel, StepModel } from '../live/run-model.ts';
import { watchRun } from '../live/watch-run.ts';
import type { Live, LiveClient } from './live-store.ts';
import { useLive } from './use-live.ts';

/** A run with its steps, followed until it has ended. */
export function useRun(client: LiveClient, id: string): Live<RunModel>;
/** What `select` returns for it. The component renders again only when that has changed; lists and plain objects are compared by their elements. */
export function useRun<Part>(client: LiveClient, id: string, select: (run: RunModel) => Part): Live<Part>;
export function useRun<Part>(client: LiveClient, id: string, select?: (run: RunModel) => Part): Live<RunModel | Part> {
  return useLive<RunModel, RunModel | Part>(
    client,
    ['run', id],
    ({ signal, persist, show }) => {
      persist(async (status) => {
        for await (const run of watchRun(client, id, { ...status, signal })) show(run);
      });
    },
    select,
  );
}

/** A step of a run. The component renders again only when that step has changed. `data` is undefined if there is no such step. */
export function useStep(client: LiveClient, runId: string, key: string): Live<StepModel | undefined> {
  return useRun(client, runId, ({ steps }) => steps.get(key));
}
