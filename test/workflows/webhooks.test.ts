import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { deliver, githubHeaders, post, standardHeaders } from '../support/surfaces/webhooks.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { fetchStep, valueStep } from '../support/workflow/workflow-source.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEXT = 'the secret that comes after the first one';
const SECRETS = { SECRET_WEBHOOK_ORDERS: SECRET, SECRET_NEXT: NEXT, SECRET_SHORT: 'fifteen chars..' };

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let env: Record<string, string>;
let server: Server;
let users: TestUsers;

const start = async () => {
  server = await startServer({ dataDir: join(folder.path, 'data'), env });
  users = await createTestUsers(server);
};
beforeAll(async () => {
  folder = await createTempFolder();
  const rules = await readFile(new URL('../../policy/policy.csv', import.meta.url), 'utf8');
  const file = join(folder.path, 'policy.csv');
  const more = 'p, analyst, secret:WEBHOOK_*, workflow:**, *, allow\np, analyst, secret:NEXT, workflow:**, *, allow\n';
  await writeFile(file, `${rules}\n${more}`);
  env = { ...SECRETS, POLICY_FILE: file };
  await start();
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await folder?.[Symbol.asyncDispose]();
});

const orders = (more: object = {}) => ({
  name: 'orders',
  inputs: { order: 'integer', note: { type: 'string', default: '' } },
  steps: [valueStep('a', '{{ order }}')],
  outputs: { order: '{{ steps.a.output }}', note: '{{ note }}' },
  on: 'webhook',
  ...more,
});
const save = (document: object, who: 'alice' | 'admin' = 'alice') =>
  users.mutate('saveWorkflow', { source: { document } }, '... on Workflow { version }', who);
const runsOf = async (name: string) =>
  (await users.ask('query ($name: String!) { runs(filter: { workflow: $name }) { totalCount } }', { name }, 'admin'))
    .runs.totalCount;

describe('a delivery', () => {
  const HOOK = '/hooks/default/orders';

  it('starts the workflow with its body as inputs, on behalf of who saved it', async () => {
    await save(orders());
    const { status, runId = '' } = await deliver(server, HOOK, { body: { order: 7 }, secret: SECRET });
    expect(status).toBe(202);
    await users.reach(runId, 'SUCCEEDED');
    const { run } = await users.ask(
      'query ($id: ID!) { run(id: $id) { inputs labels principal { username } outputs { name value } } }',
      { id: runId },
    );
    expect(run).toMatchObject({
      inputs: { order: 7, note: '' },
      labels: { webhook: 'orders' },
      principal: { username: 'alice' },
      outputs: expect.arrayContaining([{ name: 'order', value: 7 }]),
    });
  });

  it('starts one run, however often and at once it arrives, also after kill -9', async () => {
    await save(orders());
    const before = await runsOf('orders');
    const body = { order: 8 };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => deliver(server, HOOK, { body, id: 'msg_8', secret: SECRET })),
    );
    const ids = new Set(answers.map(({ status, runId }) => `${status} ${runId}`));
    expect(ids.size).toBe(1);
    await server.stop('SIGKILL');
    await start();
    const again = await deliver(server, HOOK, { body, id: 'msg_8', secret: SECRET });
    expect(`${again.status} ${again.runId}`).toBe([...ids][0]);
    expect(await runsOf('orders')).toBe(before + 1);
    // Its id is that of another body: one of the two is not the delivery.
    const other = await deliver(server, HOOK, { body: { order: 9 }, id: 'msg_8', secret: SECRET });
    expect(other).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
  });

  it('is the same delivery when the workflow has a newer version, or another author', async () => {
    await save(orders());
    const send = () => deliver(server, HOOK, { body: { order: 10 }, id: 'msg_10', secret: SECRET });
    const first = await send();
    await save(orders({ description: 'Newer.' }));
    expect(await send()).toEqual(first);
    await save(orders({ description: 'By admin.' }), 'admin');
    expect(await send()).toEqual(first);
  });

  it('verifies with each of two secrets while they are rotated', async () => {
    await save(orders({ name: 'rotating', on: { webhook: { secret: ['WEBHOOK_ORDERS', 'NEXT'] } } }));
    for (const [id, secret] of [
      ['msg_old', SECRET],
      ['msg_new', NEXT],
    ] as const) {
      const answer = await deliver(server, '/hooks/default/rotating', { body: { order: 1 }, id, secret });
      expect(answer.status).toBe(202);
    }
  });

  it('is refused with what is wrong with its inputs, and may then be sent again', async () => {
    await save(orders());
    const send = (body: unknown) => deliver(server, HOOK, { body, id: 'msg_11', secret: SECRET });
    expect(await send({ order: 'seven', extra: 1 })).toMatchObject({
      status: 400,
      error: {
        code: 'BAD_INPUT',
        violations: expect.arrayContaining([{ path: '/order', message: 'must be integer', keyword: 'type' }]),
      },
    });
    expect(await send([1])).toMatchObject({ status: 400, error: { message: expect.stringContaining('JSON object') } });
    const text = '{"order": 1';
    expect(await post(server, HOOK, text, standardHeaders(text, { id: 'msg_12', secret: SECRET }))).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('not JSON') },
    });
    expect((await send({ order: 11 })).status).toBe(202);
  });

  it('of GitHub gives its body and its event as inputs, and a body counts once', async () => {
    await save({
      name: 'pushed',
      inputs: { event: 'object', kind: 'string' },
      steps: [valueStep('a', '{{ event.ref }} {{ kind }}')],
      outputs: { what: '{{ steps.a.output }}' },
      on: { webhook: { scheme: 'github', secret: 'NEXT', body: 'event', headers: { kind: 'X-GitHub-Event' } } },
    });
    const text = JSON.stringify({ ref: 'main', repository: { id: 1 } });
    const send = (id: string) =>
      post(server, '/hooks/default/pushed', text, {
        ...githubHeaders(text, NEXT),
        'x-github-event': 'push',
        'x-github-delivery': id,
      });
    const { status, runId = '' } = await send('1');
    expect(status).toBe(202);
    expect((await users.reach(runId, 'SUCCEEDED')).outputs).toMatchObject([{ value: 'main push' }]);
    expect((await send('2')).runId).toBe(runId);
  });

  it('with a bearer token needs no id, and then is always a new one', async () => {
    await save(orders({ name: 'token', on: { webhook: { scheme: 'token', secret: 'WEBHOOK_ORDERS' } } }));
    const send = (headers: object = {}) =>
      post(server, '/hooks/default/token', '{"order":1}', { authorization: `Bearer ${SECRET}`, ...headers });
    const ids = [await send(), await send(), await send({ 'webhook-id': 'a' }), await send({ 'webhook-id': 'a' })];
    expect(ids.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(ids.map(({ runId }) => runId)).size).toBe(3);
  });

  it('does what the policy permits its author today', async () => {
    const steps = [fetchStep('a', 'file:///secret')];
    await save(orders({ name: 'fetching', on: { webhook: { secret: 'NEXT' } }, steps, outputs: {} }));
    const { runId = '' } = await deliver(server, '/hooks/default/fetching', { body: { order: 1 }, secret: NEXT });
    expect((await users.reach(runId, 'DENIED')).error).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a webhook', () => {
  it('is shown without its secrets', async () => {
    await save(orders());
    const ask = '{ workflow(name: "orders") { webhook { path scheme secrets lastRun { labels } } } }';
    const { workflow } = await users.ask(ask);
    expect(workflow.webhook).toMatchObject({
      path: '/hooks/default/orders',
      scheme: 'STANDARD',
      secrets: ['WEBHOOK_ORDERS'],
    });
    expect(JSON.stringify(await users.ask('{ workflow(name: "orders") { document yaml } }'))).not.toContain(SECRET);
  });

  it.each([
    ['the server does not have', 'MISSING', 'admin', 'BAD_INPUT', /Ask the operator to set SECRET_MISSING/],
    ['is too short', 'SHORT', 'admin', 'BAD_INPUT', /at least 16 characters/],
    ['its author may not use', 'SHORT', 'alice', 'FORBIDDEN', /secret:SHORT/],
  ] as const)('is not saved with a secret that %s', async (_, secret, who, code, message) => {
    const document = orders({ name: 'refused', on: { webhook: { secret } } });
    const refused = await save(document, who);
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) });
    const { validateWorkflow } = await users.ask(
      'query ($source: WorkflowSource!) { validateWorkflow(source: $source) { valid problems { message } } }',
      { source: { document } },
      who,
    );
    expect(validateWorkflow).toMatchObject({ valid: false });
  });

  it('takes no deliveries once the workflow is deleted', async () => {
    await save(orders({ name: 'gone', on: { webhook: { secret: 'NEXT' } } }));
    const send = () => deliver(server, '/hooks/default/gone', { body: { order: 1 }, secret: NEXT });
    expect((await send()).status).toBe(202);
    await users.mutate('deleteWorkflow', { name: 'gone' }, '... on Workflow { version }');
    expect((await send()).status).toBe(401);
  });
});

await onPostgres(() => {
  describe('a webhook of two nodes', () => {
    it('starts one run of a delivery that both get at once', async () => {
      const database = await createMigratedDatabase();
      const nodes = await Promise.all(
        ['a', 'b'].map((name) =>
          startServer({
            dataDir: join(folder.path, name),
            env: { ...env, DATABASE_URL: database.url, ARTIFACTS_DIR: join(folder.path, 'artifacts') },
          }),
        ),
      );
      try {
        const [one] = nodes as [Server, Server];
        const token = await tokenFor('alice', { roles: ['analyst'] });
        const mutation =
          'mutation ($document: JSON!) { saveWorkflow(input: { source: { document: $document } }) { __typename } }';
        const saved = await one.query(mutation, { document: orders() }, token);
        expect(saved.data.saveWorkflow.__typename).toBe('Workflow');
        for (let order = 1; order <= 10; order += 1) {
          const send = (node: Server) =>
            deliver(node, '/hooks/default/orders', { body: { order }, id: `msg_${order}`, secret: SECRET });
          const answers = await Promise.all([...nodes, ...nodes].map(send));
          expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
          expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
        }
      } finally {
        await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
        await database.remove();
      }
    });
  });
});
