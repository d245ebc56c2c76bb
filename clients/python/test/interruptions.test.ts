import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { CLIENT, startPython } from './python-program.ts';

let dataDir: string;
let server: Server;
let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
let token: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'signalbox-python-'));
  server = await startServer({ dataDir });
  proxy = await startCuttingProxy(Number(new URL(server.url).port));
  token = await tokenFor('admin', { roles: ['admin'] });
});
afterAll(async () => {
  await proxy?.stop();
  await server?.stop('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

/** The cursors of the events after one, or of all. */
async function journal(after?: string): Promise<string[]> {
  const cursors: string[] = [];
  for (let cursor = after; ; ) {
    const page = 'query ($after: Cursor) { events(after: $after, first: 1000) { cursor caughtUp events { cursor } } }';
    const { events } = (await server.query(page, { after: cursor }, token)).data;
    cursors.push(...events.events.map((event: { cursor: string }) => event.cursor));
    if (events.caughtUp) return cursors;
    cursor = events.cursor;
  }
}

const CONVERT = `mutation ($input: ConvertToJsonInput!) { convertToJson(input: $input) { __typename } }`;
const convert = (text: string) =>
  server.query(CONVERT, { input: { source: { text: { text, mediaType: 'text/csv' } } } }, token);

describe('the Python client', () => {
  it('loses and repeats no event when the server is killed and started again', async () => {
    await convert('a\n0\n');
    const begin = (await journal()).at(-1) ?? '';
    const reading = startPython(
      `${CLIENT}
for event in client.events(after=os.environ['AFTER'], batch=3): print(event['cursor'], flush=True)`,
      { url: proxy.url, token, env: { AFTER: begin } },
    );
    try {
      await convert('a\n1\n');
      const before = await journal(begin);
      await expect.poll(() => reading.lines.length).toBeGreaterThanOrEqual(before.length);
      await server.stop('SIGKILL');
      server = await startServer({ dataDir });
      proxy.redirect(Number(new URL(server.url).port));
      await convert('a\n2\n');
      const all = await journal(begin);
      expect(all.length).toBeGreaterThan(before.length);
      await expect.poll(() => reading.lines.length).toBeGreaterThanOrEqual(all.length);
      expect(reading.lines).toEqual(await journal(begin));
      // Only the warnings of its interruptions.
      expect(reading.errors.filter((line) => !line.includes('Next attempt in'))).toEqual([]);
    } finally {
      reading.child.kill();
      await reading.ended;
    }
  });

  it('waits for a run, and starts another, while the server is killed and started again', async () => {
    const program = `${CLIENT}
import sys
ASKS = """
name: asks
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
"""
id = client.runs.start({'yaml': ASKS})['id']
print(id, flush=True)
sys.stdin.readline()
other = client.runs.start({'yaml': ASKS})['id']
print(other, flush=True)
print(client.runs.wait(id)['state'], client.runs.wait(other)['state'], flush=True)`;
    const running = startPython(program, { url: proxy.url, token });
    try {
      await expect.poll(() => running.lines.length).toBe(1);
      await server.stop('SIGKILL');
      running.child.stdin.write('\n');
      // It has met the server that is away.
      await expect.poll(() => running.errors.length).toBeGreaterThan(0);
      server = await startServer({ dataDir });
      proxy.redirect(Number(new URL(server.url).port));
      await expect.poll(() => running.lines.length).toBe(2);
      const asked = 'query { approvals(state: OPEN) { nodes { id run { id } } } }';
      const open = async () => (await server.query(asked, {}, token)).data.approvals.nodes;
      await expect.poll(async () => (await open()).length).toBe(2);
      await server.stop('SIGKILL');
      server = await startServer({ dataDir });
      proxy.redirect(Number(new URL(server.url).port));
      const decide = 'mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { __typename } }';
      for (const { id } of await open())
        await server.query(decide, { input: { approvalId: id, approve: true } }, token);
      expect(await running.ended).toBe(0);
      expect(running.lines.at(-1)).toBe('SUCCEEDED SUCCEEDED');
    } finally {
      running.child.kill();
      await running.ended;
    }
  });
});
