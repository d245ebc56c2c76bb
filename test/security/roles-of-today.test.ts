import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer } from '../support/server.ts';
import { createTestUsers, statesOf, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { valueStep, workflowSource } from '../support/workflow/workflow-source.ts';

const PASSWORD = 'correct horse battery';
const SIGN_IN = `mutation ($name: String!) {
  signIn(input: { username: $name, password: "${PASSWORD}" }) { ... on Session { token } ... on Refusal { message } }
}`;

let server: Server;
let users: TestUsers;
let web: WebServer;
/** Values of the header that would carry a secret. */
const received: (string | undefined)[] = [];

beforeAll(async () => {
  web = await startWebServer((req, res) => {
    received.push(req.headers.authorization);
    res.end('{}');
  });
  server = await startServer({ env: { SECRET_TOKEN: 'the secret value', ALLOWED_PRIVATE_HOSTS: web.host } });
  users = await createTestUsers(server);
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
});

const tokens = new Map<string, string>();

/** Adds the account, or replaces its roles. Resolves when the server knows. @returns a function that asks as the account */
async function account(name: string, roles: string) {
  const { code } = await runCli(['user', 'add', name, '--roles', roles], { dataDir: server.dataDir, input: PASSWORD });
  expect(code).toBe(0);
  const rolesOf = async (token: string | undefined) =>
    token && (await server.query('{ viewer { roles } }', {}, token)).data?.viewer?.roles.join();
  const before = tokens.get(name);
  if (before) await until('its earlier token is revoked', async () => (await rolesOf(before)) === undefined);
  const token = await until('the account may sign in', async () => {
    const { token } = (await server.query(SIGN_IN, { name })).data.signIn;
    return (await rolesOf(token)) === roles && token;
  });
  tokens.set(name, token);
  return async (field: string, input: object, selection: string) => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} ... on Refusal { code message } } }`;
    return (await server.query(document, { input }, token as string)).data[field];
  };
}
const saveAs = async (ask: Awaited<ReturnType<typeof account>>, source: object) => {
  expect(await ask('saveWorkflow', { source }, '... on Workflow { version }')).toHaveProperty('version');
};
const disable = async (name: string) => {
  expect((await runCli(['user', 'disable', name], { dataDir: server.dataDir })).code).toBe(0);
  await until('the server knows', async () => {
    return (await server.query(SIGN_IN, { name })).data.signIn.message?.includes('disabled or removed');
  });
};

/** A step that only an admin may perform: it sends a secret. */
const send = () => ({
  id: 'send',
  kind: 'agent',
  agent: {
    ...{ role: 'Sender', goal: 'Send.', backend: 'http_api' },
    backend_config: { url: web.url, headers: { authorization: 'secret:TOKEN' } },
  },
});
const reasonOf = async (id: string) => {
  const document = 'query ($id: ID!) { run(id: $id) { state error { code message } } }';
  return (await users.ask(document, { id }, 'admin')).run;
};

describe('the author of a saved workflow', () => {
  it('who has lost a role stops it, until they or another save it again', async () => {
    const before = await account('ann', 'admin');
    await saveAs(before, workflowSource('by_ann', valueStep('say', 1), send()));
    expect((await users.start({ name: 'by_ann' }, {}, 'admin')).state).toBe('SUCCEEDED');
    const today = await account('ann', 'analyst');
    const stopped = await users.start({ name: 'by_ann' }, {}, 'admin');
    expect(stopped).toMatchObject({
      code: 'FORBIDDEN',
      message: 'For ann, who wrote it: ann no longer has the role admin. Save it again to become its author.',
    });
    await saveAs(today, workflowSource('by_ann', valueStep('say', 1), send()));
    expect(statesOf(await users.start({ name: 'by_ann' }, {}, 'admin'))).toEqual({ say: 'SUCCEEDED', send: 'DENIED' });
    await users.mutate('saveWorkflow', { source: workflowSource('by_ann', send()) }, '... on Workflow { id }', 'admin');
    expect((await users.start({ name: 'by_ann' }, {}, 'admin')).state).toBe('SUCCEEDED');
  });

  it('whose account is disabled stops it', async () => {
    await saveAs(await account('abe', 'admin'), workflowSource('by_abe', valueStep('say', 1)));
    await disable('abe');
    expect(await users.start({ name: 'by_abe' }, {}, 'admin')).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('For abe, who wrote it: the account abe was removed or disabled.'),
    });
  });

  it('is shown next to the caller before it is started', async () => {
    await saveAs(await account('amy', 'analyst'), workflowSource('by_amy', send()));
    const { validateWorkflow, explainPolicy } = await users.ask(
      `query ($uri: URI!) {
        validateWorkflow(source: { name: "by_amy" }) { decisions { step decision { action effect author } } }
        explainPolicy(input: { action: "secret:TOKEN", uri: $uri, workflow: "by_amy" }) {
          effect roles author forAuthor { effect roles author nearMisses { missed } }
        }
      }`,
      { uri: web.url },
      'admin',
    );
    // Each request is decided for the caller, then for the author.
    const decisions = validateWorkflow.decisions.map(({ decision }: { decision: object }) => decision);
    expect(decisions).toContainEqual({ action: 'agent:http_api', effect: 'ALLOW', author: null });
    expect(decisions).toContainEqual({ action: 'agent:http_api', effect: 'ALLOW', author: 'amy' });
    expect(explainPolicy).toMatchObject({ effect: 'ALLOW', roles: ['admin'], author: null });
    expect(explainPolicy.forAuthor).toMatchObject({ effect: 'DENY', roles: ['analyst'], author: 'amy' });
  });
});

describe('a schedule', () => {
  it('acts with the roles that its owner has when it fires, and sends nothing that these forbid', async () => {
    const source = workflowSource('each_second', send());
    Object.assign(source.document, { schedule: { cron: '* * * * * *', overlap: 'allow' } });
    received.length = 0;
    await saveAs(await account('sue', 'admin'), source);
    await until('it has sent the secret', () => received.includes('the secret value'));
    const today = await account('sue', 'user');
    const runs = async () =>
      (await users.ask('{ runs(filter: { workflow: "each_second" }, first: 1) { nodes { id state } } }', {}, 'admin'))
        .runs.nodes;
    await until('it is denied', async () => (await runs())[0]?.state === 'DENIED');
    const [denied] = await runs();
    const sent = received.length;
    await until('it has fired again', async () => (await runs())[0]?.id !== denied.id && (await runs())[0]?.state);
    expect(received).toHaveLength(sent);
    await disable('sue');
    await until('it is denied as a whole', async () => {
      const [{ id }] = await runs();
      return (await reasonOf(id)).error?.message.includes('the account sue was removed or disabled');
    });
    expect(
      await today('deleteWorkflow', { name: 'each_second' }, '... on Workflow { id }').catch(() => null),
    ).toBeNull();
    await users.mutate('deleteWorkflow', { name: 'each_second' }, '... on Workflow { id }', 'admin');
  });
});

describe('a run that waits', () => {
  it('acts with the roles that its starter has when it continues', async () => {
    const ask = { id: 'ask', kind: 'signal', input: { name: 'go' } };
    const start = async (name: string) => {
      const starter = await account(name, 'admin');
      const { id } = await starter('startRun', { source: workflowSource('waits', ask, send()) }, '... on Run { id }');
      await users.reach(id, 'WAITING', 'admin');
      return id;
    };
    received.length = 0;
    const [lost, gone] = [await start('tom'), await start('tim')];
    await account('tom', 'user');
    await disable('tim');
    for (const runId of [lost, gone]) await users.change('sendSignal', { runId, name: 'go' }, 'admin');
    await users.reach(lost, 'DENIED', 'admin');
    await users.reach(gone, 'DENIED', 'admin');
    expect((await reasonOf(gone)).error.message).toContain('the account tim was removed or disabled');
    expect(received).toEqual([]);
  });
});
