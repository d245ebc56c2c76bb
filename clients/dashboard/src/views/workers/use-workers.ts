import type { Live, Session } from '../../../../sdk/src/react/live-store.ts';
import { useLive } from '../../../../sdk/src/react/use-live.ts';
import { pause } from '../../../../sdk/src/transport/pause.ts';
import { client } from '../../api/client.ts';
import { WorkersDocument, type WorkersLineFragment, WorkersUpdatedDocument } from '../../api/generated/graphql.ts';

/** A server without a bus has no workers and no updates, and one with a bus may get its first later. */
const FIRST_WORKER_MS = 5_000;

type Workers = ReadonlyMap<string, WorkersLineFragment>;

/** All workers by ID, as they say they are. */
export function useWorkers(): Live<Workers> {
  return useLive<Workers>(client, ['workers'], followWorkers);
}

function followWorkers({ signal, persist, show }: Session<Workers>) {
  let workers: Workers = new Map();
  const add = (...changed: readonly WorkersLineFragment[]) => {
    workers = new Map([...workers, ...changed.map((worker) => [worker.id, worker] as const)]);
    show(workers);
  };

  async function readAll() {
    let after: string | null | undefined;
    do {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(after);
      add(...page.nodes);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
    } while (after);
  }

  async function readPage(after: string | null | undefined) {
    return (await client.request(WorkersDocument, { after }, { signal })).workers;
  }

  persist(async ({ onInterrupted, onCurrent }) => {
    for (await readAll(); workers.size === 0; await readAll()) {
      onCurrent();
      await pause(FIRST_WORKER_MS, signal);
    }
    // A worker says again every few seconds how it is: what happens between the list and the first update is not missed.
    for await (const { workerUpdated } of client.subscribe(WorkersUpdatedDocument, {}, { signal, onInterrupted })) {
      onCurrent();
      add(workerUpdated);
    }
  });
}
