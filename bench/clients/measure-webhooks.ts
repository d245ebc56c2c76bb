import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startServer, tokenFor } from '../../test/support/server.ts';
import { standardHeaders } from '../../test/support/surfaces/webhooks.ts';
import { type BenchOptions, figure, median } from '../load/figure.ts';

const CONNECTIONS = 32;
const ROUNDS = 3;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = JSON.stringify({ order: 7, note: 'n'.repeat(900) });
const SAVE = `mutation ($document: JSON!) {
  saveWorkflow(input: { source: { document: $document } }) { ... on Workflow { name } ... on Refusal { message } }
}`;
const DOCUMENT = {
  name: 'orders',
  inputs: { order: 'integer', note: 'string' },
  steps: [
    { id: 'a', kind: 'command', command: 'convertToBase64', input: { source: { text: { text: '{{ note }}' } } } },
  ],
  on: { webhook: { secret: 'BENCH' } },
};

/**
 * Deliveries of 1 KB that are signed as Standard Webhooks has it, each of them another: verified, and answered when the run is durable,
 * which then runs. The peer is a mutation of bare Yoga that does nothing. Rounds alternate.
 */
export async function measureWebhooks({ quick }: BenchOptions): Promise<void> {
  const duration = quick ? 2 : 8;
  const env = { NODE_ENV: 'production', HOST: '127.0.0.1', SECRET_BENCH: SECRET };
  await using server = await startServer({ env });
  const token = await tokenFor('bench', { roles: ['admin'] });
  const { data } = await server.query(SAVE, { document: DOCUMENT }, token);
  if (data.saveWorkflow.name !== DOCUMENT.name) throw new Error(data.saveWorkflow.message);
  const bare = spawn(process.execPath, [join(import.meta.dirname, '../load/bare-yoga.ts'), '{"ok":true}'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(bare.stdout, 'data')) as [Buffer];
    let deliveries = 0;
    const deliver = (seconds: number) =>
      autocannon({
        url: `${server.url}/hooks/default/orders`,
        ...{ connections: CONNECTIONS, duration: seconds },
        requests: [
          {
            method: 'POST',
            setupRequest: (request) => {
              deliveries += 1;
              const id = `msg_${deliveries}`;
              return { ...request, body: BODY, headers: standardHeaders(BODY, { id, secret: SECRET }) };
            },
          },
        ],
      });
    const ask = (seconds: number) =>
      autocannon({
        ...{ url: `${line.toString().trim()}/graphql`, method: 'POST', connections: CONNECTIONS, duration: seconds },
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query:
            'mutation ($i: ConvertToJsonInput!) { convertToJson(input: $i) { ... on CommandOutcome { run { id } } } }',
          variables: { i: { source: { uri: `data:text/plain,${'n'.repeat(800)}` } } },
        }),
      });
    await deliver(1);
    await ask(1);
    const ours: number[] = [];
    const peer: number[] = [];
    let refused = 0;
    let accepted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const result = await deliver(duration);
      refused += result.non2xx + result.errors;
      accepted += result['2xx'];
      ours.push(result['2xx'] / result.duration);
      peer.push((await ask(duration)).requests.average);
    }
    const bench = 'triggers';
    const metric = `webhooks accepted, ${CONNECTIONS} connections`;
    const other = { name: 'bare Yoga field', value: median(peer) };
    figure({ bench, metric, value: median(ours), unit: 'deliveries/s', n: accepted, peer: other });
    figure({ bench, metric: 'webhooks refused for want of room', value: refused, unit: 'deliveries', n: accepted });
  } finally {
    bare.kill();
  }
}
