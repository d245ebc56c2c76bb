import type { Live, Session } from '../../../../sdk/src/react/live-store.ts';
import { useLive } from '../../../../sdk/src/react/use-live.ts';
import { client } from '../../api/client.ts';
import { WorkersDocument, type WorkersLineFragment, WorkersUpdatedDocument } from '../../api/generated/graphql.ts';

type Workers = ReadonlyMap<string, WorkersLineFragment>;

/** All workers by ID, as they say they are. */
export function useWorkers(): Live<Workers> {
  return useLive<Workers>(client, ['workers'], followWorkers);
}

function followWorkers({ client, signal, persist, show }: Session<Workers>) {
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
    await readAll();
    onCurrent();
    // A worker says again every few seconds how it is: what happens between the list and the first update is not missed.
    for await (const { workerUpdated } of client.subscribe(WorkersUpdatedDocument, {}, { signal, onInterrupted })) {
      onCurrent();
      add(workerUpdated);
    }
  });
}
