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

const MCP_VERSION = '2026-07-28';
const MCP_CONNECTIONS = 32;

/**
 * `convertToJson` of a 1 KB `data:` URI over HTTP keep-alive, each run durable before it is answered, compared with a
 * bare Yoga field with a result of the same size; then the same by MCP, compared with GraphQL. Rounds alternate, so that
 * other load on the machine affects both.
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
        const ours = { name: 'Signalbox', url: `${server.url}/graphql`, body, headers: SDK_HEADERS, token };
        const peer = { ...ours, name: 'bare Yoga field', url: `${line.toString().trim()}/graphql` };
        for (const connections of CONNECTIONS)
          await compare(`${metric}, ${connections} connections`, ours, peer, { connections, seconds });
      }
      const variables = { input: { source: { uri }, idempotencyKey: '[<id>]' } };
      const graphql = { url: `${server.url}/graphql`, body: JSON.stringify({ query: DOCUMENT, variables }) };
      const metric = `convertToJson by MCP, ${MCP_CONNECTIONS} connections`;
      await compare(
        metric,
        mcpCall(server.url, { source: { uri } }, token),
        { name: 'GraphQL', ...graphql, headers: SDK_HEADERS, token },
        {
          connections: MCP_CONNECTIONS,
          seconds,
        },
      );
    } finally {
      bare.kill();
    }
  } finally {
    await server.stop();
  }
}

interface Target {
  readonly name: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
}

const SDK_HEADERS = { accept: 'application/graphql-response+json, application/json;q=0.9' };

/** A call of the tool in one request, without a session. Each has a key too, which the server makes up. */
function mcpCall(url: string, args: object, token: string): Target {
  const name = 'convertToJson';
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MCP_VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name, arguments: args, _meta: meta };
  const headers = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': MCP_VERSION,
    'mcp-method': 'tools/call',
    'mcp-name': name,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  return { name: 'MCP', url: `${url}/mcp`, body, headers, token };
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
    peer: { name: peer.name, value: rate('peer') },
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
      peer: { name: peer.name, value: other },
    });
  }
}

async function load(
  { url, body, headers: own, token }: Target,
  connections: number,
  duration: number,
): Promise<autocannon.Result> {
  const headers = { ...own, 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const request = { url, method: 'POST', headers, body, idReplacement: true } as const;
  const result = await autocannon({ ...request, connections, duration });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`Of the requests to ${url}, ${result.non2xx} were refused and ${result.errors} failed.`);
  return result;
}
