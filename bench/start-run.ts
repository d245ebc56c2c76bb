import { join } from 'node:path';
import autocannon from 'autocannon';
import { startServer, tokenFor } from '../test/support/server.ts';
import { type BenchOptions, figure, median } from './load/figure.ts';
import { THREE_STEPS } from './load/noop.ts';

const CONNECTIONS = 200;
const ROUNDS = 3;
const WARM_UP_SECONDS = 3;
const MIN_RUNS_PER_SECOND = 1_200;
const DOCUMENT = `mutation Start($input: StartRunInput!) {
  startRun(input: $input) {
    ... on Run { id state }
    ... on Refusal { code message }
  }
}`;

/** Workflows of three steps that do nothing, started over HTTP keep-alive on SQLite, each durable before it is answered. */
export async function main({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? 2 : 5;
  const plugin = join(import.meta.dirname, 'load/noop.ts');
  const server = await startServer({
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', SIGNALBOX_PLUGINS: plugin },
  });
  try {
    const token = await tokenFor('bench', { roles: ['admin'] });
    const variables = { input: { source: { yaml: THREE_STEPS }, waitMs: 30_000 } };
    const { data } = await server.query(DOCUMENT, variables, token);
    if (data.startRun.state !== 'SUCCEEDED')
      throw new Error(`The run did not succeed: ${JSON.stringify(data.startRun)}`);

    const load = async (duration: number) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query: DOCUMENT, variables });
      const url = `${server.url}/graphql`;
      const options = { url, method: 'POST', headers, body, connections: CONNECTIONS, duration } as const;
      // A refusal also has the status 200, so the body decides.
      const result = await autocannon({ ...options, verifyBody: (text) => String(text).includes('"SUCCEEDED"') });
      const bad = result.non2xx + result.errors + result.mismatches;
      if (bad > 0) throw new Error(`${bad} of the requests did not return a run that succeeded.`);
      return result;
    };
    await load(WARM_UP_SECONDS);
    const results: autocannon.Result[] = [];
    for (let round = 0; round < ROUNDS; round += 1) results.push(await load(seconds));

    const bench = 'start-run';
    const metric = `startRun(waitMs), SQLite, ${CONNECTIONS} connections`;
    const n = results.reduce((sum, result) => sum + result.requests.total, 0);
    const value = median(results.map((result) => result.requests.average));
    figure({ bench, metric, value, unit: 'requests/s', n, peer: { name: 'minimum', value: MIN_RUNS_PER_SECOND } });
    for (const p of ['p50', 'p99'] as const) {
      figure({ bench, metric: `${metric}, ${p}`, value: median(results.map((r) => r.latency[p])), unit: 'ms', n });
    }
    const rss = (await server.memory('peak')) / 2 ** 20;
    figure({ bench, metric: `${metric}, server RSS, peak`, value: rss, unit: 'MiB', n });
  } finally {
    await server.stop('SIGKILL');
  }
}
