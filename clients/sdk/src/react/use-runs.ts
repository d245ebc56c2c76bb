import {
  type LiveRunRowPartsFragment,
  LiveRunsDocument,
  LiveRunsUpdatedDocument,
  type RunFilter,
} from '../generated/graphql.ts';
import { nextPage } from '../resources/lists.ts';
import type { Live, LiveClient, Session } from './live-store.ts';
import { useLive } from './use-live.ts';

export type RunRow = LiveRunRowPartsFragment;

export interface RunList {
  /** Newest first. A run stays where it is when it no longer matches the filter, so that nothing moves under the pointer. */
  readonly runs: readonly RunRow[];
  /** Number of runs that match and are newer than the first one. At 1,000 there may be more. `showNew` shows them. */
  readonly newCount: number;
  readonly hasMore: boolean;
  /** Adds the next page, unless it is being read. */
  readonly loadMore: () => void;
}

export interface RunListOptions {
  readonly filter?: RunFilter;
  /** Runs in a page. Maximum 100; default 50. */
  readonly first?: number;
}

/** A list of runs, whose rows follow their runs. At most one change a second. */
export function useRuns(
  client: LiveClient,
  { filter = {}, first = 50 }: RunListOptions = {},
): Live<RunList> & { readonly showNew: () => void } {
  const live = useLive<RunList>(client, ['runs', filter, first], (session) => followRuns(session, filter, first));
  return { ...live, showNew: live.refresh };
}

function followRuns({ client, signal, persist, show }: Session<RunList>, filter: RunFilter, first: number) {
  const pages: (readonly RunRow[])[] = [];
  let newCount = 0;
  /** Where the next page begins; undefined while it is being read, and after the last. */
  let end: string | undefined;

  const publish = () => show({ runs: pages.flat(), newCount, hasMore: end !== undefined, loadMore });

  function loadMore() {
    if (end === undefined) return;
    const after = end;
    end = undefined;
    followPage(pages.length, after);
  }

  /** Each page has its own subscription, which the server limits to 100 runs. */
  function followPage(index: number, after?: string) {
    async function read() {
      const { runs } = await client.request(LiveRunsDocument, { filter, first, after }, { signal });
      pages[index] = runs.nodes;
      end = nextPage(runs);
      publish();
      return runs.nodes;
    }

    persist(async ({ onInterrupted, onCurrent }) => {
      while (!signal.aborted) {
        let runs: readonly RunRow[] = await read();
        const variables = { ids: runs.map(({ id }) => id), filter, newerThan: pages[0]?.[0]?.id };
        const updates = client.subscribe(LiveRunsUpdatedDocument, variables, { signal, onInterrupted });
        for await (const { runsUpdated } of updates) {
          onCurrent();
          // In an empty list there is no run from which on others are new. Nothing can move in it, so they are shown at once.
          if (runs.length === 0 && (await read()).length > 0) break;
          const changed = new Map(runsUpdated.runs.map((run) => [run.id, run]));
          runs = runs.map((run) => changed.get(run.id) ?? run);
          pages[index] = runs;
          if (index === 0) newCount = runsUpdated.new;
          publish();
        }
      }
    });
  }

  followPage(0);
}
