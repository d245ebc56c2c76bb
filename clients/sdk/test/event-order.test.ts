import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import type { Client } from '../src/create-client.ts';
import { adminClient, adminToken, cleanUp, convert, portOf } from './test-clients.ts';

let dataDir: string;
let server: Server;
let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;

/** Reads the journal after a cursor through queries: its newest cursor, and the hashes of the events. */
const PAGE = 'query ($after: Cursor) { events(after: $after, first: 100) { cursor caughtUp events { hash } } }';
async function journalAfter(client: Client, after?: string): Promise<{ cursor: string; hashes: string[] }> {
  const hashes: string[] = [];
  for (let cursor = after; ; ) {
    const { events } = (await client.request(PAGE, { after: cursor })) as {
      events: { cursor: string; caughtUp: boolean; events: { hash: string }[] };
    };
    hashes.push(...events.events.map(({ hash }) => hash));
    cursor = events.cursor;
    if (events.caughtUp) return { cursor, hashes };
  }
}

const HASHES = `subscription ($after: Cursor, $batch: Int) {
  events(after: $after, batch: $batch) { cursor events { hash } }
}`;

/** Reads a subscription up to a number of events. */
function reader(client: Client, variables: { after?: string; batch?: number }) {
  const stream = client.subscribe(HASHES, variables);
  const seen: string[] = [];
  return {
    seen,
    async upTo(count: number) {
      while (seen.length < count) {
        const { value } = (await stream.next()) as { value: { events: { events: { hash: string }[] } } };
        seen.push(...value.events.events.map(({ hash }) => hash));
      }
    },
  };
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'signalbox-sdk-'));
  server = await startServer({ dataDir });
  proxy = await startCuttingProxy(portOf(server));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await cleanUp();
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('every event arrives once and in order', () => {
  let client: Client;
  let begin: string;

  beforeEach(async () => {
    // The shortest of the random waits.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    client = await adminClient(server.url);
    begin = (await journalAfter(client)).cursor;
  });

  it('wherever the connections are cut, for old and for new events', async () => {
    for (let i = 0; i < 10; i++) await convert(client, `a\n${i}\n`);
    const old = await journalAfter(client, begin);
    vi.restoreAllMocks();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 6000 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 20 }),
        async (cuts, batch) => {
          vi.spyOn(Math, 'random').mockReturnValue(0);
          const watcher = await adminClient(proxy.url);
          proxy.cutAfter(cuts);
          const reading = reader(watcher, { after: begin, batch });
          await reading.upTo(1);
          const live = convert(client, 'a\n1\n');
          await reading.upTo(old.hashes.length);
          await live;
          const { hashes } = await journalAfter(client, begin);
          await reading.upTo(hashes.length);
          expect(reading.seen).toEqual(hashes);
          watcher.close();
          vi.restoreAllMocks();
        },
      ),
      { numRuns: 6 },
    );
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('when the server ends with %s and starts again', async (signal) => {
    const reading = reader(await adminClient(proxy.url), { after: begin, batch: 3 });
    await convert(client, 'a\n1\n');
    await reading.upTo(1);
    const pending = reading.upTo((await journalAfter(client, begin)).hashes.length + 1);
    await server.stop(signal);
    server = await startServer({ dataDir });
    proxy.redirect(portOf(server));
    client = await adminClient(server.url);
    await convert(client, 'a\n2\n');
    await pending;
    const { hashes } = await journalAfter(client, begin);
    await reading.upTo(hashes.length);
    expect(reading.seen).toEqual(hashes);
  });

  it('when the token expires and is replaced', async () => {
    let tokenCount = 0;
    const watcher = await adminClient(server.url, {
      getToken: (rejected) => {
        tokenCount += 1;
        return rejected === undefined ? tokenFor('admin', { roles: ['admin'], expiresIn: '2s' }) : adminToken();
      },
    });
    const reading = reader(watcher, { after: begin });
    await convert(client, 'a\n1\n');
    await reading.upTo(1);
    const pending = reading.upTo((await journalAfter(client, begin)).hashes.length + 1);
    await expect.poll(() => tokenCount).toBe(2);
    await convert(client, 'a\n2\n');
    await pending;
    const { hashes } = await journalAfter(client, begin);
    await reading.upTo(hashes.length);
    expect(reading.seen).toEqual(hashes);
  });
});
