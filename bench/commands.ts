import { spawn } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { startServer, tokenFor } from '../test/support/server.ts';
import { type BenchOptions, figure, median } from './load/figure.ts';

const CONNECTIONS = [1, 32, 128];
const ROUNDS = 3;
const DOCUMENT = `mutation Convert($input: ConvertToJsonInput!) {
  convertToJson(input: $input) {
    ... on CommandOutcome { run { id state } resource { json } }
    ... on Refusal { code message }
  }
}`;

/** How requests differ: those of the SDK have a key, so that they can be repeated. */
const VARIANTS = [
  ['convertToJson', {}],
  // The load generator puts another text in its place for each request.
  ['convertToJson with an idempotency key', { idempotencyKey: '[<id>]' }],
] as const;

/**
 * `convertToJson` of a 1 KB `data:` URI over HTTP keep-alive, each run durable before it is answered, compared with a
 * bare Yoga field with a result of the same size. Rounds alternate, so that other load on the machine affects both.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? 1 : 5;
  const rows = Array.from({ length: 36 }, (_, i) => `${i},item number ${i},${i * 3}.50`).join('\n');
  const uri = `data:text/csv,${encodeURIComponent(`id,name,price\n${rows}`)}`.slice(0, 1_024).replace(/%.?$/, '');
  const server = await startServer({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
  const token = await tokenFor('bench', { roles: ['admin'] });
  try {
    const { data } = await server.query(DOCUMENT, { input: { source: { uri } } }, token);
    const bare = spawn(
      process.execPath,
      ['bench/load/bare-yoga.ts', JSON.stringify(data.convertToJson.resource.json)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const [line] = (await once(bare.stdout, 'data')) as [Buffer];
      for (const [metric, key] of VARIANTS) {
        const body = JSON.stringify({ query: DOCUMENT, variables: { input: { source: { uri }, ...key } } });
        const ours = { url: `${server.url}/graphql`, body, token };
        const peer = { url: `${line.toString().trim()}/graphql`, body, token };
        for (const connections of CONNECTIONS)
          await compare(`${metric}, ${connections} connections`, ours, peer, { connections, seconds });
      }
    } finally {
      bare.kill();
    }
  } finally {
    await server.stop();
  }
}

interface Target {
  readonly url: string;
  readonly body: string;
  readonly token: string;
}

interface Load {
  readonly connections: number;
  readonly seconds: number;
}

async function compare(metric: string, ours: Target, peer: Target, { connections, seconds }: Load): Promise<void> {
  await Promise.all([load(ours, connections, 1), load(peer, connections, 1)]);
  const results: { ours: autocannon.Result; peer: autocannon.Result }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    results.push({ ours: await load(ours, connections, seconds), peer: await load(peer, connections, seconds) });
  }
  const rate = (which: 'ours' | 'peer') => median(results.map((r) => r[which].requests.average));
  const n = results.reduce((sum, r) => sum + r.ours.requests.total, 0);
  figure({
    bench: 'commands',
    metric,
    value: rate('ours'),
    unit: 'requests/s',
    n,
    peer: { name: 'bare Yoga field', value: rate('peer') },
  });
  for (const p of ['p50', 'p99'] as const) {
    const [value, other] = [
      median(results.map((r) => r.ours.latency[p])),
      median(results.map((r) => r.peer.latency[p])),
    ];
    figure({
      bench: 'commands',
      metric: `${metric}, ${p}`,
      value,
      unit: 'ms',
      n,
      peer: { name: 'bare Yoga field', value: other },
    });
  }
}

async function load({ url, body, token }: Target, connections: number, duration: number): Promise<autocannon.Result> {
  // Those of the SDK.
  const headers = {
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
  };
  const request = { url, method: 'POST', headers, body, idReplacement: true } as const;
  const result = await autocannon({ ...request, connections, duration });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`Of the requests to ${url}, ${result.non2xx} were refused and ${result.errors} failed.`);
  return result;
}
