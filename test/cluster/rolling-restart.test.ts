import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../clients/sdk/src/index.ts';
import type { ScratchDatabase } from '../../scripts/scratch-database.ts';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/cap/worker-process.ts';
import { expectValidChains, loggedBugs } from '../support/reliability/final-states.ts';
import { hasRedis, type RedisServer, startRedisServer } from '../support/resources/redis-server.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
  ... on Run { id } ... on Refusal { code message } } }`;
const WATCH = `subscription ($after: Cursor) { events(after: $after, batch: 500) { cursor events { runId seq hash } } }`;
const PAGE = `query ($after: Cursor) { events(after: $after, first: 1000) { cursor caughtUp events { hash } } }`;
const ENDS = `query ($after: String) { runs(first: 100, after: $after, filter: { kind: [WORKFLOW] }) {
  nodes { id state output error { message } } pageInfo { hasNextPage endCursor } } }`;

/** Six programs start one after the other, which takes a while on a busy machine. */
const TIME_LIMIT_MS = 600_000;
/** Callers that start runs at the same time. */
const CALLERS = 4;

interface End {
  readonly id: string;
  readonly state: string;
  readonly error: unknown;
  readonly output: unknown;
}

await onPostgres(() => {
  describe.skipIf(!hasNats || !hasRedis)('two servers and two workers with PostgreSQL, NATS and Redis', () => {
    let folder: Awaited<ReturnType<typeof createTempFolder>>;
    let database: ScratchDatabase;
    let nats: NatsServer;
    let redis: RedisServer;
    let token: string;
    const servers: Server[] = [];
    const workers: WorkerProcess[] = [];
    const all: Server[] = [];
    let started = 0;

    const sharedEnv = () => ({
      NATS_URL: nats.url,
      CAP_UNSIGNED: 'true',
      REDIS_URL: redis.url,
      ARTIFACTS_DIR: join(folder.path, 'artifacts'),
      POOLS_FILE: join(folder.path, 'pools.yaml'),
    });
    const startNode = async (port = '0') => {
      const server = await startServer({
        dataDir: join(folder.path, `data-${started++}`),
        env: {
          ...sharedEnv(),
          DATABASE_URL: database.url,
          CHECKPOINT_KEY_FILE: join(folder.path, 'key.pem'),
          WORKSPACES_DIR: join(folder.path, 'workspaces'),
          PORT: port,
        },
      });
      all.push(server);
      return server;
    };
    const startWorker = (id: string, server: Server) =>
      startWorkerProcess({
        nats,
        server,
        id,
        pools: ['far'],
        env: { ...sharedEnv(), DATA_DIR: join(folder.path, id) },
      });

    beforeAll(async () => {
      folder = await createTempFolder();
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
      await writeFile(join(folder.path, 'key.pem'), pem, { mode: 0o600 });
      await writeFile(join(folder.path, 'pools.yaml'), 'far: { runtime: remote }\n');
      [database, nats, redis] = await Promise.all([createMigratedDatabase(), startNatsServer(), startRedisServer()]);
      servers.push(...(await Promise.all([startNode(), startNode()])));
      for (const id of ['worker-1', 'worker-2']) workers.push(await startWorker(id, servers[0] as Server));
      token = await tokenFor('root', { roles: ['admin'], expiresIn: '1h' });
    });
    afterAll(async () => {
      await Promise.all([...servers, ...workers].map((one) => one.stop('SIGKILL')));
      await Promise.all([database?.remove(), nats?.remove(), redis?.kill()]);
      await folder?.[Symbol.asyncDispose]();
    });

    /** A step in a server, one on a worker, and a wait between, so that each run lives for longer than a request. */
    const workflowOf = (n: number) => {
      const add = (id: string, before: string, more: object) => ({
        ...{ id, kind: 'transform', depends_on: [before], retry: { max_attempts: 20, backoff_ms: 50 }, ...more },
      });
      return {
        name: 'rolling',
        steps: [
          { id: 'here', kind: 'transform', input: { data: n, expression: '$ + 1' } },
          add('there', 'here', { pool: 'far', input: { data: '{{ steps.here.output }}', expression: '$ * 2' } }),
          { id: 'rest', kind: 'sleep', depends_on: ['there'], input: { ms: 200 + (n % 5) * 200 } },
          add('again', 'rest', { pool: 'far', input: { data: '{{ steps.there.output }}', expression: '$ + 5' } }),
        ],
      };
    };

    it(
      'restart one after the other under load: nothing is lost, refused for good, or done twice',
      async () => {
        const runIds = new Map<string, string>();
        const unexpected: string[] = [];
        let retried = 0;
        let isStopped = false;

        /** As a client does it: a broken connection, 503 and UNAVAILABLE are tried again with the same key, on either server. */
        const start = async (n: number) => {
          for (let attempt = n; ; attempt += 1) {
            const server = servers[attempt % servers.length] as Server;
            const input = { source: { document: workflowOf(n) }, idempotencyKey: `rolling-${n}` };
            const answer = await server.query(START, { input }, token).catch((error: unknown) => {
              if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
              throw error;
            });
            const { id, code, message } = answer?.data?.startRun ?? {};
            if (id !== undefined) return id as string;
            const problem = code ?? answer?.errors?.[0]?.extensions?.code ?? answer?.status;
            if (answer && problem !== 'UNAVAILABLE' && problem !== 503) unexpected.push(`${problem}: ${message}`);
            retried += 1;
            await pause(20);
          }
        };
        let next = 0;
        const call = async () => {
          while (!isStopped) {
            const n = next++;
            runIds.set(`rolling-${n}`, await start(n));
            await pause(30);
          }
        };

        const hashes: string[] = [];
        let interruptions = 0;
        let isSubscribed = false;
        const client = createClient({
          url: (servers[0] as Server).url,
          token,
          onInterrupted: () => {
            interruptions += 1;
          },
        });
        const watching = (async () => {
          const stream = client.subscribe<{ events: { events: { hash: string }[] } }, { after?: string }>(
            { toString: () => WATCH } as never,
            {},
          );
          for await (const { events } of stream) {
            isSubscribed = true;
            hashes.push(...events.events.map(({ hash }) => hash));
          }
        })();
        let lost: unknown;
        watching.catch((error: unknown) => {
          lost = error;
        });
        await until('the subscription stands', () => isSubscribed || lost !== undefined);

        const callers = Array.from({ length: CALLERS }, call);
        const grow = async (what: string) => {
          const enough = runIds.size + 2 * CALLERS;
          await until(`runs are accepted ${what}`, () => runIds.size >= enough);
        };
        await grow('before the restart');
        for (const [i, server] of servers.entries()) {
          // A load balancer keeps the address.
          const { port } = new URL(server.url);
          expect(await server.stop('SIGTERM')).toBe(0);
          await grow('by the other server');
          servers[i] = await startNode(port);
          await grow('by both');
        }
        for (const [i, worker] of workers.entries()) {
          expect(await worker.stop('SIGTERM')).toBe(0);
          await grow('while a worker is away');
          workers[i] = await startWorker(worker.id, servers[0] as Server);
          await grow('with both workers');
        }
        isStopped = true;
        await Promise.all(callers);

        expect(unexpected).toEqual([]);
        const [server] = servers as [Server];
        const ends = await until('every run has ended', async () => {
          const found = await endsOf(server);
          return found.every(({ state }) => !['PENDING', 'RUNNING', 'WAITING'].includes(state)) && found;
        });
        // Each was started once, and has its own output.
        expect(new Set(runIds.values()).size).toBe(runIds.size);
        expect(ends.map(({ id }) => id).sort()).toEqual([...runIds.values()].sort());
        const byId = new Map(ends.map((end) => [end.id, end]));
        for (const [key, id] of runIds) {
          const { state, error, output } = byId.get(id) as End;
          const n = Number(key.slice('rolling-'.length));
          expect({ key, state, error, output }).toEqual({
            key,
            state: 'SUCCEEDED',
            error: null,
            output: (n + 1) * 2 + 5,
          });
        }
        await expectValidChains(server, token, runIds.values());

        // The subscriber has every event once, in order, although its server was another process meanwhile.
        const journal = await hashesOf(server);
        await until('the subscriber has every event', () => lost !== undefined || hashes.length >= journal.length);
        client.close();
        expect(lost).toBeUndefined();
        expect(interruptions).toBeGreaterThan(0);
        expect(hashes).toEqual(journal.slice(journal.indexOf(hashes[0] as string)));
        expect(journal.indexOf(hashes[0] as string)).toBe(0);
        expect(all.flatMap(loggedBugs)).toEqual([]);
        if (process.env.SHOW_NUMBERS)
          console.log({ runs: runIds.size, retried, interruptions, events: journal.length });
      },
      TIME_LIMIT_MS,
    );

    const endsOf = async (server: Server) => {
      const ends: End[] = [];
      for (let after: string | undefined; ; ) {
        const { data, errors } = await server.query(ENDS, { after }, token);
        expect(errors).toBeUndefined();
        const { nodes, pageInfo } = data.runs;
        ends.push(...nodes);
        if (!pageInfo.hasNextPage) return ends;
        after = pageInfo.endCursor;
      }
    };
    const hashesOf = async (server: Server) => {
      const hashes: string[] = [];
      for (let after: string | undefined; ; ) {
        const { events } = (await server.query(PAGE, { after }, token)).data;
        hashes.push(...events.events.map(({ hash }: { hash: string }) => hash));
        if (events.caughtUp) return hashes;
        after = events.cursor;
      }
    };
  });
});
