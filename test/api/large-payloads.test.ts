import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whileResponsive } from '../support/health-probe.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { listFiles } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const MIB = 2 ** 20;
const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { id state error { code message } } resource { digest size url } }
  ... on Refusal { code message }
} }`;

let server: Server;
let token: string;

beforeAll(async () => {
  server = await startServer({ env: { FETCH_MAX_BYTES: String(400 * MIB) } });
  token = await tokenFor('anna', { roles: ['analyst'] });
});

afterAll(async () => {
  await server?.stop('SIGKILL');
});

/** Rows of about a hundred bytes, as many as make up `bytes`. */
function* csvOf(bytes: number): Generator<Buffer> {
  yield Buffer.from('id,name,price,description\n');
  const block = (first: number) =>
    Array.from(
      { length: 1_000 },
      (_, i) => `${first + i},"Lamp, no. ${first + i}",12.50,"${'words and more words '.repeat(3)}"\n`,
    ).join('');
  for (let sent = 0, row = 0; sent < bytes; row += 1_000) {
    const text = Buffer.from(block(row));
    sent += text.length;
    yield text;
  }
}

/** Posts the body in pieces. Rejects when the connection breaks. */
function upload(body: Iterable<Buffer>, name: string) {
  const { hostname, port } = new URL(server.url);
  const headers = { 'content-type': 'text/csv', authorization: `Bearer ${token}` };
  const sending = request({ hostname, port, method: 'POST', path: `/artifacts?name=${name}`, headers });
  const answered = new Promise<{ digest: string; size: number }>((resolve, reject) => {
    sending.on('error', reject);
    sending.on('response', async (res) => resolve(JSON.parse((await res.toArray()).join(''))));
  });
  const send = async () => {
    for (const piece of body) if (!sending.write(piece)) await new Promise((resolve) => sending.once('drain', resolve));
    sending.end();
  };
  return { sending, answered, send };
}

describe('50 MiB of CSV', () => {
  it('become JSON with less than 400 MiB of memory, while others are answered', async () => {
    const { answered, send } = upload(csvOf(50 * MIB), 'big.csv');
    await send();
    const { digest, size } = await answered;
    expect(size).toBeGreaterThan(50 * MIB);

    const began = performance.now();
    const input = { command: 'convertToJson', source: { uri: `artifact:sha256/${digest}` } };
    const { data } = await whileResponsive(server, server.query(EXECUTE, { input }, token));
    const { run, resource } = data.execute;
    expect(run).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(resource.size).toBeGreaterThan(size);
    const peak = (await server.memory('peak')) / MIB;
    expect(peak).toBeLessThan(400);

    // The whole of it comes back, piece by piece.
    const download = await server.fetch(resource.url, { token });
    let [bytes, tail] = [0, ''];
    for await (const piece of download.body as ReadableStream<Uint8Array>) {
      bytes += piece.byteLength;
      tail = Buffer.from(piece.subarray(-64)).toString();
    }
    expect([bytes, tail.slice(-2)]).toEqual([resource.size, ']}']);
    if (process.env.SHOW_NUMBERS) {
      console.log(`${(size / MIB).toFixed(0)} MiB in ${(performance.now() - began) | 0} ms; peak ${peak | 0} MiB`);
    }
  });
});

describe('50,000 rows', () => {
  it('are checked against a schema and transformed within the default limits', async () => {
    const { answered, send } = upload(csvOf(5 * MIB), 'rows.csv');
    await send();
    const { digest } = await answered;
    const row = { required: ['id', 'name'], properties: { id: { pattern: '^[0-9]+$' }, price: { type: 'string' } } };
    const schema = { properties: { rows: { minItems: 50_000, items: row } } };
    const schemaUri = `data:application/schema+json,${encodeURIComponent(JSON.stringify(schema))}`;
    const input = { source: { uri: `artifact:sha256/${digest}` }, schemaUri };
    const data = '{{ steps.rows.output.rows }}';
    const document = {
      name: 'rows',
      steps: [
        { id: 'rows', kind: 'command', command: 'convertToJson', input },
        {
          id: 'sum',
          kind: 'transform',
          input: { data, expression: '{"sum": $sum($.$number(price)), "n": $count($)}' },
        },
      ],
      outputs: { sum: '{{ steps.sum.output }}' },
    };
    const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
      ... on Run { state outputs { name value } error { code message } } ... on Refusal { code message }
    } }`;
    const admin = await tokenFor('anna', { roles: ['admin'] });
    const answer = await server.query(START, { input: { source: { document }, waitMs: 60_000 } }, admin);
    const { outputs, ...rest } = answer.data.startRun;
    expect(rest).toEqual({ state: 'SUCCEEDED', error: null });
    const { n, sum } = outputs[0].value;
    expect(n).toBeGreaterThan(50_000);
    expect(sum).toBe(n * 12.5);
  });
});

describe('an upload that breaks off', () => {
  it('leaves nothing behind but a run that says so', async () => {
    const { sending, answered, send } = upload(csvOf(20 * MIB), 'broken.csv');
    sending.once('drain', () => sending.destroy(new Error('gone')));
    void send().catch(() => {});
    await expect(answered).rejects.toThrow('gone');
    const runs = '{ runs(filter: { text: "uploadArtifact" }, first: 1) { nodes { state error { code } inputs } } }';
    const run = await until('the run ends', async () => {
      const [found] = (await server.query(runs, {}, token)).data.runs.nodes;
      return found?.inputs.name === 'broken.csv' && found.state !== 'RUNNING' && found;
    });
    expect(run).toMatchObject({ state: 'CANCELLED', error: { code: 'CANCELLED' } });
    await until(
      'the disk is clean',
      async () => (await listFiles(join(server.dataDir, 'artifacts/scratch'))).length === 0,
    );
  });
});

describe('a caller who hangs up', () => {
  it('does not stop what was begun', async () => {
    const gone = new AbortController();
    const source = { text: { text: 'a,b\n1,2\n', mediaType: 'text/csv' } };
    const body = JSON.stringify({
      query: EXECUTE,
      variables: { input: { command: 'convertToJson', source, idempotencyKey: 'mine' } },
    });
    const headers = { 'content-type': 'application/json' };
    const asked = server
      .fetch('/graphql', { method: 'POST', headers, body, token, signal: gone.signal })
      .catch(() => 'hung up');
    setTimeout(() => gone.abort(), 1);
    await asked;
    // Asking again under the same key brings what became of it, if it came through at all, and never a second run.
    const again = await server.query(
      EXECUTE,
      { input: { command: 'convertToJson', source, idempotencyKey: 'mine' } },
      token,
    );
    expect(again.data.execute.run.state).toBe('SUCCEEDED');
    const { data } = await server.query(
      '{ runs(filter: { text: "convertToJson" }) { totalCount nodes { inputs } } }',
      {},
      token,
    );
    const same = data.runs.nodes.filter(({ inputs }: { inputs: { source: object } }) =>
      JSON.stringify(inputs).includes('a,b'),
    );
    expect(same).toHaveLength(1);
  });
});
