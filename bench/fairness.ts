import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Server, startServer, tokenFor } from '../test/support/server.ts';
import { type BenchOptions, figure, quantile } from './load/figure.ts';

/** Runs of the hostile user: half are transforms that never end, half are fetches that are never answered. */
const HOSTILE_RUNS = 1_000;
/** Until the code of the server is compiled and optimized. */
const WARM_UP_REQUESTS = 200;
const START = `mutation Start($input: StartRunInput!) {
  startRun(input: $input) { __typename ... on Run { id } ... on Refusal { code message } }
}`;
const CONVERT = `mutation Convert($input: ConvertToJsonInput!) {
  convertToJson(input: $input) {
    ... on CommandOutcome { run { state error { code message } } }
    ... on Refusal { code message }
  }
}`;

/**
 * `convertToJson` of one user, alone and while another user of the same tenant has a thousand running workflows that would take all
 * workers, slots and connections. The ratio is what fairness leaves to be lost.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const requests = quick ? 200 : 1_000;
  const web = createServer((request, response) => {
    if (request.url !== '/silent') response.setHeader('content-type', 'text/csv').end('id,name\n1,Tea\n');
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const host = `127.0.0.1:${(web.address() as AddressInfo).port}`;
  const server = await startServer({
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', ALLOWED_PRIVATE_HOSTS: host },
  });
  try {
    const [victim, hostile] = await Promise.all([
      tokenFor('victim', { roles: ['admin'] }),
      tokenFor('hostile', { roles: ['admin'] }),
    ]);
    const source = { uri: `data:text/csv,${encodeURIComponent('id,name,price\n1,Tea,2.50\n')}` };
    const schemaUri = `data:application/schema+json,${encodeURIComponent('{"type":"object"}')}`;
    const inputs = {
      'inline data': { source },
      'with a schema, in a worker': { source, schemaUri },
      'from the host of the slow fetches': { source: { uri: `http://${host}/rows.csv` } },
    };
    const measureAll = async () => {
      const measured = new Map<string, number[]>();
      // In turn, so that all see the same load of the machine.
      for (let i = -WARM_UP_REQUESTS; i < requests; i += 1) {
        for (const [name, input] of Object.entries(inputs)) {
          const latency = await convert(server, victim, input);
          if (i >= 0) measured.set(name, [...(measured.get(name) ?? []), latency]);
        }
      }
      return measured;
    };
    const alone = await measureAll();
    await startHostileRuns(server, hostile, `http://${host}/silent`);
    const contended = await measureAll();
    for (const [name, latencies] of contended) {
      figure({
        bench: 'fairness',
        metric: `convertToJson next to ${HOSTILE_RUNS} hostile runs, ${name}, p99`,
        value: quantile(latencies, 0.99),
        unit: 'ms',
        n: requests,
        peer: { name: 'alone', value: quantile(alone.get(name) ?? [], 0.99) },
      });
    }
  } finally {
    await server.stop('SIGKILL');
    web.closeAllConnections();
    web.close();
  }
}

async function startHostileRuns(server: Server, token: string, silent: string): Promise<void> {
  const endless = '($f := function($n) { $f($n + 1) }; $f(0))';
  for (let i = 0; i < HOSTILE_RUNS; i += 1) {
    const input = i % 2 === 0 ? { expression: `${endless} /* ${i} */` } : { source: { uri: silent } };
    const kind = i % 2 === 0 ? { kind: 'transform', timeout_ms: 10_000 } : { kind: 'command', command: 'fetch' };
    const document = { name: 'hostile', steps: [{ id: 'a', ...kind, input }] };
    const { data, errors } = await server.query(START, { input: { source: { document } } }, token);
    if (data?.startRun?.id === undefined) throw new Error(JSON.stringify(data ?? errors));
  }
}

/** One request, in milliseconds. */
async function convert(server: Server, token: string, input: object): Promise<number> {
  const began = performance.now();
  const { data, errors } = await server.query(CONVERT, { input }, token);
  if (data?.convertToJson?.run?.state !== 'SUCCEEDED') throw new Error(JSON.stringify(data ?? errors));
  return performance.now() - began;
}
