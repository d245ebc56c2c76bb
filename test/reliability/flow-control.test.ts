import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const SAVE = `mutation ($document: JSON!) {
  saveWorkflow(input: { source: { document: $document } }) { ... on Workflow { name } ... on Refusal { message } }
}`;
const START = `mutation ($name: String!, $inputs: JSON!) {
  startRun(input: { source: { name: $name }, inputs: $inputs }) { ... on Run { id } ... on Refusal { code message } }
}`;
/** How long a run holds its place outside. */
const HOLD_MS = 30;

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let web: WebServer;
/** Requests that are open, by key, and the most that ever were. */
const open = new Map<string, number>();
const most = new Map<string, number>();
/** Keys in the order in which runs began. */
const begun: string[] = [];

beforeAll(async () => {
  folder = await createTempFolder();
  web = await startWebServer(async (req, res) => {
    const key = (req.url ?? '').split('/')[1] ?? '';
    const change = (by: number) => {
      open.set(key, (open.get(key) ?? 0) + by);
      most.set(key, Math.max(most.get(key) ?? 0, open.get(key) ?? 0));
    };
    begun.push(key);
    change(1);
    res.once('close', () => change(-1));
    await sleep(HOLD_MS);
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
afterAll(async () => {
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

const limited = (name: string, limit: number) => ({
  name,
  inputs: { k: 'string', n: 'integer' },
  concurrency: { key: '{{ k }}', limit },
  steps: [
    {
      ...{ id: 'call', kind: 'http', idempotent: true, retry: { max_attempts: 5, backoff_ms: 50 } },
      input: { method: 'POST', url: `${web.url}/{{ k }}/{{ n }}` },
    },
  ],
});
const save = async (server: Server, token: string, document: object) => {
  const { data } = await server.query(SAVE, { document }, token);
  expect(data.saveWorkflow).toEqual({ name: (document as { name: string }).name });
};
const start = async (server: Server, token: string, name: string, k: string, n: number): Promise<string> => {
  const { data } = await server.query(START, { name, inputs: { k, n } }, token);
  if (!data.startRun.id) throw new Error(JSON.stringify(data.startRun));
  return data.startRun.id;
};
const countOf = async (server: Server, token: string, state: string) => {
  const { data } = await server.query(`{ runs(filter: { state: [${state}] }) { totalCount } }`, {}, token);
  return data.runs.totalCount as number;
};

describe('a tenant with a long queue', () => {
  it('does not hold up the run of another tenant', async () => {
    const server = await startServer({ dataDir: join(folder.path, 'queue'), env: { ALLOWED_PRIVATE_HOSTS: web.host } });
    try {
      const many = await tokenFor('many', { roles: ['admin'], tenant: 'many' });
      const one = await tokenFor('one', { roles: ['admin'], tenant: 'one' });
      await save(server, many, limited('queued', 2));
      await save(server, one, limited('single', 2));
      const queued = 400;
      for (let n = 0; n < queued; n += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, i) => start(server, many, 'queued', 'many', n + i)));
      }
      expect(await countOf(server, many, 'PENDING')).toBeGreaterThan(queued / 4);
      const before = begun.length;
      await start(server, one, 'single', 'one', 1);
      await until('it begins', () => begun.includes('one'));
      // Those that were active already, and a few that the server starts while it takes the request.
      expect(begun.indexOf('one') - before).toBeLessThan(20);
      expect(most.get('many')).toBe(2);
      const { data } = await server.query(
        '{ runs(filter: { state: [PENDING] }, first: 20) { nodes { waitsFor { reason key limit ahead since } } } }',
        {},
        many,
      );
      const waiting = (data.runs.nodes as { waitsFor: object | null }[]).find(({ waitsFor }) => waitsFor);
      expect(waiting?.waitsFor).toMatchObject({ reason: 'CONCURRENCY', key: 'many', limit: 2 });
      await until('all have ended', async () => (await countOf(server, many, 'SUCCEEDED')) === queued);
    } finally {
      await server.stop('SIGKILL');
    }
  });
});

await onPostgres(() => {
  describe('two nodes', () => {
    it('keep to the limit of each key together, and leave no permit behind when one is killed', async () => {
      const database = await createMigratedDatabase();
      const startNode = (name: string) =>
        startServer({
          dataDir: join(folder.path, name),
          env: {
            ...{ ALLOWED_PRIVATE_HOSTS: web.host, DATABASE_URL: database.url },
            ARTIFACTS_DIR: join(folder.path, 'artifacts'),
          },
        });
      const nodes = await Promise.all([startNode('one'), startNode('two')]);
      const [first, second] = nodes as [Server, Server];
      try {
        const token = await tokenFor('ada', { roles: ['admin'] });
        await save(first, token, limited('shared', 2));
        const ids: string[] = [];
        for (let n = 0; n < 15; n += 1) {
          const starts = ['p', 'q', 'r'].map((key, i) => start(nodes[(n + i) % 2] as Server, token, 'shared', key, n));
          ids.push(...(await Promise.all(starts)));
        }
        await first.stop('SIGKILL');
        await until('all have ended', async () => (await countOf(second, token, 'SUCCEEDED')) === ids.length);
        for (const key of ['p', 'q', 'r']) expect(most.get(key)).toBeLessThanOrEqual(2);
        // There is room again at once.
        const last = await start(second, token, 'shared', 'p', 99);
        await until('the last one ends', async () => {
          const { data } = await second.query('query ($id: ID!) { run(id: $id) { state } }', { id: last }, token);
          return data.run.state === 'SUCCEEDED';
        });
      } finally {
        await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
        await database.remove();
      }
    });
  });
});
