import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTestUsers, type TestUserName, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const QUOTAS = [
  ...['runsRunning=2', 'runsWaiting=2', 'workflows=1', 'workflowVersions=2', 'schedules=1', 'scheduledStarts=60'],
  ...['artifacts=2', 'artifactBytes=70000', 'memoryEntries=1', 'streams=1', 'uploads=1', 'uploadBytes=40'],
].join(',');

/** Every door, from outside: who exceeds a limit is refused with its name and holder, others are not, and room is made again. */
function quotasOn(store: string, databaseUrl: () => Promise<string | undefined>): void {
  describe(`quotas on ${store}`, () => {
    let server: Server;
    let users: TestUsers;
    let slow: WebServer;
    /** Ends the answers that the slow server has begun. */
    const held: (() => void)[] = [];
    beforeAll(async () => {
      slow = await startWebServer((_request, response) => void held.push(() => response.end('done')));
      const url = await databaseUrl();
      const database = url === undefined ? {} : { DATABASE_URL: url };
      server = await startServer({ env: { QUOTAS, ALLOWED_PRIVATE_HOSTS: slow.host, ...database } });
      users = await createTestUsers(server);
    });
    afterAll(async () => {
      await server?.stop();
      await slow.close();
    });

    const refusal = (quota: string, limit: number, holder: string) => ({
      code: 'THROTTLED',
      message: expect.stringMatching(`quota ${quota} of the user ${holder} is exceeded: \\d+ of ${limit} `),
    });
    const approval = { name: 'ask', steps: [{ id: 'ask', kind: 'approval', input: { reason: 'why' } }] };
    const start = (document: object, who: TestUserName) =>
      users.mutate('startRun', { source: { document } }, '... on Run { id }', who);
    const cancel = async (id: string, who: TestUserName) => {
      await users.mutate('cancelRun', { runId: id }, '... on Run { id }', who);
      await users.reach(id, 'CANCELLED', who);
    };
    const save = (name: string, cron?: string, who: TestUserName = 'alice') => {
      const steps = [{ id: 'a', kind: 'transform', input: { data: 1, expression: '1' } }];
      const document = { name, steps, ...(cron && { schedule: { cron } }) };
      return users.mutate('saveWorkflow', { source: { document } }, '... on Workflow { name version }', who);
    };
    const upload = async (body: string, who: TestUserName) => {
      const headers = { 'content-type': 'text/plain' };
      const token = users.tokens[who];
      const response = await server.fetch('/artifacts?name=a.txt', { method: 'POST', body, token, headers });
      return { status: response.status, text: await response.text() };
    };
    const quotaOf = async (name: string, who: TestUserName, scope = 'PRINCIPAL') => {
      const { quotas } = await users.ask('{ quotas { name scope holder unit limit used } }', {}, who);
      return quotas.find((quota: { name: string; scope: string }) => quota.name === name && quota.scope === scope);
    };
    const usesNo = (name: string, who: TestUserName) =>
      until(`${who} uses no ${name}`, async () => (await quotaOf(name, who)).used === 0);

    it('runsWaiting: refuses a third waiting run until one has ended', async () => {
      const ids: string[] = [];
      for (let count = 0; count < 2; count += 1) {
        const { id } = await start(approval, 'alice');
        await users.reach(id, 'WAITING');
        ids.push(id);
      }
      expect(await start(approval, 'alice')).toMatchObject(refusal('runsWaiting', 2, 'alice'));
      expect(await quotaOf('runsWaiting', 'alice')).toMatchObject({ used: 2, limit: 2, holder: 'alice', unit: 'runs' });
      const { id: other } = await start(approval, 'admin');
      await users.reach(other, 'WAITING', 'admin');
      expect(await quotaOf('runsWaiting', 'admin', 'TENANT')).toMatchObject({ used: 3, holder: 'default' });
      for (const id of ids) await cancel(id, 'alice');
      const { id: again } = await start(approval, 'alice');
      await users.reach(again, 'WAITING');
      await cancel(again, 'alice');
      await cancel(other, 'admin');
    });

    it('runsRunning: refuses what would run next to the runs in progress, at every door', async () => {
      const input = { source: { uri: slow.url } };
      const fetching = { name: 'slow', steps: [{ id: 'a', kind: 'command', command: 'fetch', input }] };
      await usesNo('runsRunning', 'alice');
      const first = await start(fetching, 'alice');
      const second = await start(fetching, 'alice');
      await until('both have begun', () => held.length === 2);
      const refused = refusal('runsRunning', 2, 'alice');
      expect(await start(fetching, 'alice')).toMatchObject(refused);
      const options = { command: 'render', options: { template: 'x', data: '{}' } };
      expect(await users.mutate('execute', options, '__typename')).toMatchObject(refused);
      expect(await upload('x', 'alice')).toMatchObject({
        status: 429,
        text: expect.stringContaining('quota runsRunning'),
      });
      await cancel((await start(approval, 'admin')).id, 'admin');
      for (const answer of held.splice(0)) answer();
      for (const { id } of [first, second]) await users.reach(id, 'SUCCEEDED');
      await usesNo('runsRunning', 'alice');
    });

    it('workflows, their versions and schedules: refuse one more, and deleting makes room', async () => {
      expect(await save('first', '*/30 * * * * *')).toMatchObject(refusal('scheduledStarts', 60, 'alice'));
      expect(await save('first', '0 2 * * *')).toMatchObject({ name: 'first', version: 1 });
      expect(await save('second')).toMatchObject(refusal('workflows', 1, 'alice'));
      expect(await save('first', '0 3 * * *')).toMatchObject({ version: 2 });
      expect(await save('first', '0 4 * * *')).toMatchObject(refusal('workflowVersions', 2, 'alice'));
      expect(await quotaOf('schedules', 'alice')).toMatchObject({ used: 1 });
      expect(await save('second', undefined, 'admin')).toMatchObject({ name: 'second' });
      await users.mutate('deleteWorkflow', { name: 'first' }, '... on Workflow { name }');
      expect(await quotaOf('schedules', 'alice')).toMatchObject({ used: 0 });
      expect(await save('third', '0 2 * * *')).toMatchObject({ name: 'third', version: 1 });
    });

    it('uploadBytes and artifacts: refuse an upload before it is stored', async () => {
      await usesNo('runsRunning', 'alice');
      const refused = (quota: string) => ({
        status: 429,
        text: expect.stringContaining(`quota ${quota} of the user alice`),
      });
      expect(await upload('x'.repeat(30), 'alice')).toMatchObject({ status: 201 });
      expect(await upload('x'.repeat(11), 'alice')).toMatchObject(refused('uploadBytes'));
      expect(await upload('y'.repeat(10), 'alice')).toMatchObject({ status: 201 });
      expect(await quotaOf('uploadBytes', 'alice')).toMatchObject({ used: 40 });
      expect(await quotaOf('artifactBytes', 'alice')).toMatchObject({ used: 40 });
      expect(await upload('', 'alice')).toMatchObject(refused('artifacts'));
      expect(await upload('z', 'admin')).toMatchObject({ status: 201 });
    });

    it('artifactBytes: refuses the output of a step that would be stored as an artifact, and no smaller one', async () => {
      const render = async (size: number) => {
        const template = `{{ 'x' * ${size} }}`;
        const steps = [{ id: 'a', kind: 'command', command: 'render', input: { template } }];
        return users.start({ document: { name: 'large', steps } }, {}, 'admin');
      };
      expect(await render(80_000)).toMatchObject({ state: 'FAILED', error: refusal('artifactBytes', 70_000, 'admin') });
      expect(await render(10)).toMatchObject({ state: 'SUCCEEDED' });
    });

    it('memoryEntries: refuses an agent that would append to a memory', async () => {
      const agent = {
        ...{ role: 'R', goal: 'G', backend: 'bash_cli', memory_uri: 'memory:diary' },
        backend_config: { command_template: 'echo hello' },
      };
      const remember = () =>
        users.start({ document: { name: 'memory', steps: [{ id: 'a', kind: 'agent', agent }] } }, {}, 'admin');
      expect(await remember()).toMatchObject({ state: 'SUCCEEDED' });
      expect(await remember()).toMatchObject({ state: 'FAILED', error: refusal('memoryEntries', 1, 'admin') });
      const forget = (more: object, who: TestUserName) =>
        users.mutate('deleteMemory', { name: 'diary', ...more }, '... on DeletedMemory { name entries }', who);
      expect(await forget({}, 'bob')).toMatchObject({ code: 'FORBIDDEN' });
      expect(await forget({}, 'alice')).toMatchObject({ code: 'NOT_FOUND' });
      expect(await forget({ ofAll: true }, 'alice')).toMatchObject({ code: 'FORBIDDEN' });
      expect(await forget({ name: 'memory:diary' }, 'admin')).toMatchObject({ code: 'BAD_INPUT' });
      expect(await forget({}, 'admin')).toMatchObject({ name: 'diary', entries: 1 });
      expect(await remember()).toMatchObject({ state: 'SUCCEEDED' });
    });

    it('uploads: refuses a second one while the first is in progress', async () => {
      const headers = { authorization: `Bearer ${users.tokens.admin}`, 'content-length': '2' };
      const first = request(`${server.url}/artifacts?name=slow`, { method: 'POST', headers });
      first.on('error', () => {});
      first.write('x');
      await until('the upload is counted', async () => (await quotaOf('uploads', 'admin')).used === 1);
      expect(await upload('x', 'admin')).toMatchObject({
        status: 429,
        text: expect.stringContaining('quota uploads of the user admin'),
      });
      first.destroy();
      await usesNo('uploads', 'admin');
    });

    it('streams: refuses a second subscription of one user, over any connection', async () => {
      const stop = new AbortController();
      const follow = (who: TestUserName) =>
        server.fetch('/graphql', {
          ...{ method: 'POST', token: users.tokens[who], signal: stop.signal },
          headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
          body: JSON.stringify({ query: 'subscription { events { cursor } }' }),
        });
      await follow('alice');
      await until('the stream is counted', async () => (await quotaOf('streams', 'alice')).used === 1);
      expect(await (await follow('alice')).text()).toContain('quota streams of the user alice');
      await follow('bob');
      await until('the other is counted', async () => (await quotaOf('streams', 'bob')).used === 1);
      stop.abort();
      await usesNo('streams', 'alice');
    });

    it('are shown to each user; those of the tenant to callers who see all its runs', async () => {
      const scopes = async (who: TestUserName) => {
        const { quotas } = await users.ask('{ quotas { scope holder } }', {}, who);
        return new Set(quotas.map(({ scope, holder }: { scope: string; holder: string }) => `${scope} ${holder}`));
      };
      expect(await scopes('bob')).toEqual(new Set(['PRINCIPAL bob']));
      expect(await scopes('admin')).toEqual(new Set(['PRINCIPAL admin', 'TENANT default']));
    });
  });
}

quotasOn('SQLite', async () => undefined);

await onPostgres((makeHarness) => {
  quotasOn('PostgreSQL', async () => (await makeHarness()).url);
});
