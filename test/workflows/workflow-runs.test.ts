import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, statesOf, type TestUserName, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const APPROVAL = `... on Approval {
  __typename id state reason roles comment decidedBy { username } decidedAt run { id } step { key state }
}`;
const NOBODY = `run_${'0'.repeat(32)}`;

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let server: Server;
let web: WebServer;
let people: TestUsers;
/** Whether what the web server is asked for is there. */
let there = true;

const start: TestUsers['start'] = (...of) => people.start(...of);
const change: TestUsers['change'] = (...of) => people.change(...of);
const decide = (approvalId: string, approve: boolean, who: TestUserName, comment?: string) =>
  people.mutate('decideApproval', { approvalId, approve, comment }, APPROVAL, who);

/** A workflow of these steps, each after the one before it. */
const workflow = (name: string, ...steps: readonly { readonly id: string; readonly kind: string }[]) => ({
  document: {
    name,
    steps: steps.map((step, i) => ({ ...(i > 0 && { depends_on: [steps[i - 1]?.id] }), ...step })),
  },
});
const sleep = (id: string, ms: number) => ({ id, kind: 'sleep', input: { ms } });
const fetched = (id: string, path: string) => ({
  ...{ id, kind: 'command', command: 'fetch', input: { source: { uri: `${web.url}${path}` } } },
});
const value = (id: string, data: unknown, expression = '$') => ({ id, kind: 'transform', input: { data, expression } });

/** The approval that the run waits for, as who may see it sees it. */
const openOf = (runId: string, who: TestUserName = 'admin') =>
  until(`${runId} waits for a person`, async () => {
    const { approvals } = await people.ask(`{ approvals(state: OPEN, first: 100) { nodes { ${APPROVAL} } } }`, {}, who);
    return approvals.nodes.find(({ run }: { run: { id: string } }) => run.id === runId);
  });

beforeAll(async () => {
  folder = await createTempFolder();
  web = await startWebServer((_, res) => {
    res.writeHead(there ? 200 : 404, { 'content-type': 'application/json' });
    res.end('{"there":true}');
  });
  const rulesFile = join(folder.path, 'policy.csv');
  const shipped = await readFile('policy/policy.csv', 'utf8');
  await writeFile(rulesFile, `${shipped}\np, analyst, command:fetch, ${web.url}/agreed/**, *, approve\n`);
  server = await startServer({ env: { POLICY_FILE: rulesFile, ALLOWED_PRIVATE_HOSTS: web.host } });
  people = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

describe('a step that asks a person', () => {
  const asking = (input: object) =>
    workflow('asking', { id: 'agree', kind: 'approval', input } as never, value('after', '{{ steps.agree.output }}'));

  it('goes on when one agrees, and says who did and why', async () => {
    const begun = await start(asking({ reason: 'Shall it go on?' }), { waitMs: 0 });
    const approval = await openOf(begun.id);
    expect(approval).toMatchObject({
      ...{ state: 'OPEN', reason: 'Shall it go on?', roles: [], decidedBy: null, decidedAt: null },
      step: { key: 'agree', state: 'WAITING' },
    });
    expect((await people.reach(begun.id, 'WAITING')).steps[0].approval).toEqual({ id: approval.id, state: 'OPEN' });
    expect(await decide(approval.id, true, 'admin', 'Why not?')).toMatchObject({
      ...{ __typename: 'Approval', state: 'APPROVED', decidedBy: { username: 'admin' }, comment: 'Why not?' },
    });
    const run = await people.reach(begun.id, 'SUCCEEDED');
    expect(run.output).toMatchObject({ approved: true, comment: 'Why not?' });
    expect(await decide(approval.id, false, 'admin')).toMatchObject({ code: 'CONFLICT' });

    const { events, approvals, node } = await people.ask(
      `query ($run: ID!, $id: ID!) {
        events(filter: { runId: $run, types: [APPROVAL_REQUESTED, APPROVAL_DECIDED] }) { events {
          type step
          ... on ApprovalRequested { approval { id state reason } }
          ... on ApprovalDecided { approval { id state decidedBy { username } } }
        } }
        approvals(state: APPROVED) { nodes { id } }
        node(id: $id) { ${APPROVAL} }
      }`,
      { run: run.id, id: approval.id },
    );
    const { id } = approval;
    expect(events.events).toEqual([
      { type: 'APPROVAL_REQUESTED', step: 'agree', approval: { id, state: 'OPEN', reason: 'Shall it go on?' } },
      {
        type: 'APPROVAL_DECIDED',
        step: 'agree',
        approval: { id, state: 'APPROVED', decidedBy: { username: 'admin' } },
      },
    ]);
    expect(approvals.nodes).toContainEqual({ id });
    expect(node).toMatchObject({ __typename: 'Approval', state: 'APPROVED' });
  });

  it('ends when one does not agree', async () => {
    const begun = await start(asking({ reason: 'Shall it?' }), { waitMs: 0 });
    const { id } = await openOf(begun.id);
    expect(await decide(id, false, 'admin', 'No.')).toMatchObject({ state: 'REJECTED', comment: 'No.' });
    const ended = await until('the run ends', async () => {
      const run = await people.run(begun.id);
      return ['FAILED', 'DENIED'].includes(run.state) && run;
    });
    expect(statesOf(ended).after).toBe('SKIPPED');
    expect(ended.error.step).toBe('agree');
  });

  it('ends when nobody decides in time', async () => {
    const run = await start(asking({ reason: 'Soon?', expires_ms: 50 }));
    expect(run.state).not.toBe('SUCCEEDED');
    expect(run.steps[0].approval.state).toBe('EXPIRED');
  });

  it('takes the word of who has a role that it names only', async () => {
    const begun = await start(asking({ reason: 'Dear admin?', roles: ['admin'] }), { waitMs: 0 });
    const approval = await openOf(begun.id, 'alice');
    expect(approval.roles).toEqual(['admin']);
    expect(await decide(approval.id, true, 'alice')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await decide(approval.id, true, 'admin')).toMatchObject({ state: 'APPROVED' });
    await people.reach(begun.id, 'SUCCEEDED');
  });

  it('is not found by who may not see the run, and not decided by who may decide nothing', async () => {
    const alices = await start(asking({ reason: '?' }), { waitMs: 0 });
    const bobs = await start(asking({ reason: '?' }), { waitMs: 0 }, 'bob');
    expect(await decide((await openOf(alices.id)).id, true, 'bob')).toMatchObject({ __typename: 'Refusal' });
    expect(await decide((await openOf(bobs.id)).id, true, 'bob')).toMatchObject({
      code: 'FORBIDDEN',
      decision: { action: 'mutation:decideApproval' },
    });
    expect(await decide((await openOf(bobs.id)).id, true, 'alice')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a step for which the policy asks a person', () => {
  it('waits for somebody else than who started the run', async () => {
    const before = web.hits.length;
    const begun = await start(workflow('agreed', fetched('get', '/agreed/a')), { waitMs: 0 });
    const approval = await openOf(begun.id);
    expect(approval.reason).toContain('rule_');
    expect(web.hits.length).toBe(before);
    expect(await decide(approval.id, true, 'alice')).toMatchObject({ code: 'FORBIDDEN' });
    await decide(approval.id, true, 'admin');
    const run = await people.reach(begun.id, 'SUCCEEDED');
    expect(run.output).toEqual({ there: true });
    expect(run.steps[0].approval).toEqual({ id: approval.id, state: 'APPROVED' });
    expect(web.hits.length).toBe(before + 1);
  });

  it('also when it is a command by itself: what is answered then is a run without a resource', async () => {
    const input = { command: 'fetch', source: { uri: `${web.url}/agreed/b` } };
    const outcome = await people.mutate(
      'execute',
      input,
      '... on CommandOutcome { run { id state } resource { text } }',
    );
    expect(outcome).toMatchObject({ run: { state: 'WAITING' }, resource: null });
    await decide((await openOf(outcome.run.id)).id, true, 'admin');
    expect((await people.reach(outcome.run.id, 'SUCCEEDED')).output).toEqual({ there: true });
  });
});

describe('a signal', () => {
  const send = (runId: string, name: string, payload?: unknown, who?: TestUserName) =>
    change('sendSignal', { runId, name, payload }, who);

  it('is what its step waits for, or will wait for', async () => {
    const step = (name: string) => ({ id: name, kind: 'signal', input: { name } });
    const begun = await start(workflow('signals', step('one'), step('two')), { waitMs: 0 });
    await people.reach(begun.id, 'WAITING');
    expect(await send(begun.id, 'two', { early: true })).toMatchObject({ __typename: 'Run', id: begun.id });
    expect((await people.run(begun.id)).state).toBe('WAITING');
    await send(begun.id, 'one', [1, null]);
    const run = await people.reach(begun.id, 'SUCCEEDED');
    expect(run.steps.map(({ output }: { output: unknown }) => output)).toEqual([[1, null], { early: true }]);
    const { events } = await people.ask(
      `query ($id: ID!) { events(filter: { runId: $id, types: [SIGNAL_RECEIVED] }) { events {
        ... on SignalReceived { name payload }
      } } }`,
      { id: run.id },
    );
    expect(events.events).toEqual([
      { name: 'two', payload: { early: true } },
      { name: 'one', payload: [1, null] },
    ]);
    expect(await send(run.id, 'one')).toMatchObject({ code: 'CONFLICT' });
    expect(await send(run.id, 'one', 1, 'bob')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await send(NOBODY, 'one')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('cancelling a run', () => {
  it('ends it and what it started, with the reason', async () => {
    await people.mutate('saveWorkflow', { source: workflow('long', sleep('nap', 60_000)) }, '... on Workflow { id }');
    const parent = workflow('parent_of_long', { id: 'long', kind: 'workflow', workflow: 'long' } as never);
    const begun = await start(parent, { waitMs: 0 });
    const child = await until('the child is there', async () => (await people.run(begun.id)).children.nodes[0]);
    const cancelled = await change('cancelRun', { runId: begun.id, reason: 'Enough.' });
    expect(cancelled.__typename).toBe('Run');
    const run = await people.reach(begun.id, 'CANCELLED');
    expect(JSON.stringify(run.error)).toContain('Enough.');
    expect(statesOf(run)).toEqual({ long: 'CANCELLED' });
    await people.reach(child.id, 'CANCELLED');
    expect(await change('cancelRun', { runId: begun.id })).toMatchObject({ code: 'CONFLICT' });
  });

  it('undoes first what was done, when that is asked for', async () => {
    const done = { ...value('done', 1), compensate: { kind: 'transform', input: { data: 'undone', expression: '$' } } };
    const begun = await start(workflow('undo', done, sleep('nap', 60_000)), { waitMs: 0 });
    await people.reach(begun.id, 'WAITING');
    await change('cancelRun', { runId: begun.id, compensate: true });
    const run = await people.reach(begun.id, 'CANCELLED');
    expect(run.steps.at(-1)).toMatchObject({ state: 'SUCCEEDED', output: 'undone' });
  });

  it('is for who may see the run', async () => {
    const begun = await start(workflow('theirs', sleep('nap', 60_000)), { waitMs: 0 });
    expect(await change('cancelRun', { runId: begun.id }, 'bob')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await change('cancelRun', { runId: begun.id }, 'admin')).toMatchObject({ __typename: 'Run' });
  });
});

describe('a run that ended badly', () => {
  it('goes on at the step that failed, as the same run', async () => {
    there = false;
    const before = web.hits.length;
    const failed = await start(workflow('retried', value('first', 1), fetched('get', '/x'), value('last', 3)));
    expect(failed).toMatchObject({ state: 'FAILED', error: { step: 'get' } });
    expect(await change('retryStep', { runId: failed.id, step: 'first' })).toMatchObject({ __typename: 'Refusal' });
    there = true;
    expect(await change('retryStep', { runId: failed.id, step: 'get' })).toMatchObject({ id: failed.id });
    const run = await people.reach(failed.id, 'SUCCEEDED');
    expect(run).toMatchObject({ error: null, output: 3 });
    expect(statesOf(run)).toEqual({ first: 'SUCCEEDED', get: 'SUCCEEDED', last: 'SUCCEEDED' });
    expect(run.steps[1].attempt).toBe(2);
    expect(web.hits.length).toBe(before + 2);
    expect(await change('retryStep', { runId: run.id, step: 'get' })).toMatchObject({ code: 'CONFLICT' });

    const { run: verified, verifyRun } = await people.ask(
      `query ($id: ID!) { run(id: $id) { events(first: 1000) { events { seq } } } verifyRun(id: $id) { valid events problems } }`,
      { id: run.id },
    );
    const { length } = verified.events.events;
    expect(verifyRun).toEqual({ valid: true, events: length, problems: [] });
    const seqs: number[] = [];
    for await (const { data } of clientOf('alice').iterate<{ runEvents: { events: { seq: number }[] } }>({
      query: 'subscription ($id: ID!) { runEvents(runId: $id, batch: 3) { events { seq } } }',
      variables: { id: run.id },
    })) {
      seqs.push(...(data?.runEvents.events.map(({ seq }) => seq) ?? []));
    }
    expect(seqs).toEqual(Array.from({ length }, (_, i) => i + 1));
  });

  it('is done again from a step on as another run, which keeps what came before', async () => {
    const inputs = { n: { type: 'integer', default: 1 } };
    const { document } = workflow('again', fetched('get', '/once'), value('times', '{{ n }}', '$ * 10'));
    const source = { document: { ...document, inputs } };
    const before = web.hits.length;
    const first = await start(source);
    expect(first).toMatchObject({ state: 'SUCCEEDED', output: 10 });
    const rerun = await change('rerunFrom', { runId: first.id, step: 'times', inputs: { n: 4 } });
    expect(rerun.id).not.toBe(first.id);
    const run = await people.reach(rerun.id, 'SUCCEEDED');
    expect(run).toMatchObject({ rerunOf: { id: first.id }, output: 40, workflow: 'again' });
    expect(run.steps[0]).toMatchObject({ key: 'get', state: 'SUCCEEDED', output: { there: true } });
    expect(web.hits.length).toBe(before + 1);
    expect(await change('rerunFrom', { runId: first.id, step: 'nothing' })).toMatchObject({ __typename: 'Refusal' });
    expect(await change('rerunFrom', { runId: first.id, step: 'get', inputs: 7 })).toMatchObject({
      ...{ code: 'BAD_INPUT', path: ['input', 'inputs'] },
    });
  });
});

const clientOf = (who: TestUserName) =>
  createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { token: people.tokens[who] },
  });

interface Updated {
  readonly runUpdated: { readonly state: string; readonly steps: readonly { key: string; state: string }[] };
}

describe('a run that has ended', () => {
  it('is soon covered by a signed checkpoint', async () => {
    const { id } = await start(workflow('covered', value('a', 1)));
    const checkpoint = await until('there is a checkpoint', async () => {
      const VERIFY = '{ valid problems checkpoint { size rootHash signature keyId at } }';
      const { verifyRun } = await people.ask(`query ($id: ID!) { verifyRun(id: $id) ${VERIFY} }`, { id });
      expect(verifyRun).toMatchObject({ valid: true, problems: [] });
      return verifyRun.checkpoint;
    });
    expect(checkpoint.size).toBeGreaterThan(0);
    expect(checkpoint.rootHash).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(checkpoint.signature, 'base64')).toHaveLength(64);
  });
});

describe('a run that is followed', () => {
  const FOLLOW = 'subscription ($id: ID!) { runUpdated(runId: $id) { state steps { key state } } }';

  it('is shown as it is and whenever it changes, and no more after its end', async () => {
    const begun = await start(
      workflow('followed', { id: 'go', kind: 'signal', input: { name: 'go' } } as never, value('done', 1)),
      {
        waitMs: 0,
      },
    );
    await people.reach(begun.id, 'WAITING');
    const client = clientOf('alice');
    const seen: Updated['runUpdated'][] = [];
    for await (const { data } of client.iterate<Updated>({ query: FOLLOW, variables: { id: begun.id } })) {
      if (data) seen.push(data.runUpdated);
      if (seen.length === 1) await change('sendSignal', { runId: begun.id, name: 'go' });
    }
    await client.dispose();
    expect(seen[0]?.state).toBe('WAITING');
    expect(seen.at(-1)).toEqual({
      state: 'SUCCEEDED',
      steps: [
        { key: 'go', state: 'SUCCEEDED' },
        { key: 'done', state: 'SUCCEEDED' },
      ],
    });
  });

  it('is not shown to who may not see it', async () => {
    const run = await start(workflow('private', value('a', 1)));
    await using socket = await openSocket(server, people.tokens.bob);
    const seen = socket.watchAny(FOLLOW, { id: run.id });
    await until('it is answered', () => seen.errors.length + seen.results.length > 0);
    expect(seen).toMatchObject({ results: [], errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});
