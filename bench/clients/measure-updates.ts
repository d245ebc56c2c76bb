import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { newId } from '../../src/core/ids.ts';
import { startServer, tokenFor } from '../../test/support/server.ts';
import { finished, plannedStep, runCreated, textOutput, user } from '../../test/support/store/sample-events.ts';
import { type BenchOptions, figure } from '../load/figure.ts';
import { openFilledStore } from '../load/growth-store.ts';

const RUNS_PER_SECOND = 2_000;
const TURN_MS = 10;
const SUBSCRIBERS = 50;
const SHOWN = 50;
const QUERY = `subscription ($ids: [ID!]!, $filter: RunFilter) {
  runsUpdated(ids: $ids, filter: $filter) { runs { id state finishedAt } new } }`;

/**
 * The CPU of a server that only delivers: another process records 2,000 runs a second in the same PostgreSQL database. 50 subscribers
 * watch a list of 50 runs each; half of the lists have a filter that every twentieth run matches. The peer is the same without subscribers.
 */
export async function measureUpdates({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? 4 : 15;
  const scratch = await createScratchDatabase();
  const writer = await openFilledStore({ kind: 'postgres', location: scratch.url });
  await using server = await startServer({
    env: { DATABASE_URL: scratch.url, NODE_ENV: 'production', HOST: '127.0.0.1' },
  });
  const token = await tokenFor('bench', { roles: ['admin'] });
  const run = (n: number) =>
    writer.journal.append(newId('run'), 1, [
      runCreated({
        principal: user('default'),
        kind: n % 20 === 0 ? 'AGENT' : 'COMMAND',
        inputs: { n },
        steps: [plannedStep('one')],
      }),
      ...finished(textOutput('x')),
    ]);

  const measureLoad = async () => {
    const began = performance.now();
    const cpuMs = await server.mainThreadMs();
    let count = 0;
    const appends: Promise<unknown>[] = [];
    for (let due = began; due < began + seconds * 1_000; due += TURN_MS) {
      await sleep(Math.max(0, due - performance.now()));
      for (let n = 0; n < (RUNS_PER_SECOND * TURN_MS) / 1_000; n += 1) appends.push(run(count++));
    }
    await Promise.all(appends);
    const elapsed = (performance.now() - began) / 1_000;
    return { cpu: ((await server.mainThreadMs()) - cpuMs) / 1_000 / elapsed, rate: count / elapsed };
  };

  const shown = Array.from({ length: SHOWN }, () => newId('run'));
  await Promise.all(shown.map((id) => writer.journal.append(id, 1, [runCreated({ principal: user('default') })])));
  await measureLoad();
  const without = await measureLoad();
  let updates = 0;
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const connectionParams = { Authorization: `Bearer ${token}` };
  const clients = Array.from({ length: SUBSCRIBERS }, () =>
    createClient({ url, webSocketImpl: WebSocket, connectionParams }),
  );
  const first = clients.map(async (client, n) => {
    const variables = { ids: shown, filter: n % 2 === 0 ? {} : { kind: ['AGENT'], roots: true } };
    const results = client.iterate({ query: QUERY, variables });
    await results.next();
    void (async () => {
      for await (const _ of results) updates += 1;
    })().catch(() => undefined);
  });
  await Promise.all(first);
  updates = 0;
  const watched = await measureLoad();
  const n = Math.round(watched.rate * seconds);
  const peer = { name: 'no subscribers', value: without.cpu * 100 };
  const bench = 'clients';
  figure({
    bench,
    metric: `runsUpdated, main thread of the server at ${RUNS_PER_SECOND} runs/s, ${SUBSCRIBERS} subscribers`,
    value: watched.cpu * 100,
    unit: '% of a core',
    n,
    peer,
  });
  figure({
    bench,
    metric: 'runsUpdated, runs recorded',
    value: watched.rate,
    unit: 'runs/s',
    n,
    peer: { name: 'no subscribers', value: without.rate },
  });
  figure({
    bench,
    metric: 'runsUpdated, updates of each subscriber',
    value: updates / SUBSCRIBERS / seconds,
    unit: 'updates/s',
    n: updates,
  });
  await Promise.all(clients.map((client) => client.dispose()));
  await server.stop();
  await writer.close();
  await scratch.remove();
}
