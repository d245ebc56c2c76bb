import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { createTestUsers, statesOf, type TestUserName, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { fetchStep, sleepStep, valueStep, workflowSource } from '../support/workflow/workflow-source.ts';

const UNKNOWN_RUN = `run_${'0'.repeat(32)}`;

let server: Server;
let web: WebServer;
let users: TestUsers;
/** Whether the web server has what it is asked for; otherwise it answers 404. */
let available = true;

const start: TestUsers['start'] = (...of) => users.start(...of);
const change: TestUsers['change'] = (...of) => users.change(...of);

beforeAll(async () => {
  web = await startWebServer((_, res) => {
    res.writeHead(available ? 200 : 404, { 'content-type': 'application/json' });
    res.end('{"there":true}');
  });
  server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host } });
  users = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
});

describe('a signal', () => {
  const send = (runId: string, name: string, payload?: unknown, who?: TestUserName) =>
    change('sendSignal', { runId, name, payload }, who);

  it('reaches a step that waits for it, or will wait for it', async () => {
    const step = (name: string) => ({ id: name, kind: 'signal', input: { name } });
    const started = await start(workflowSource('signals', step('one'), step('two')), { waitMs: 0 });
    await users.reach(started.id, 'WAITING');
    expect(await send(started.id, 'two', { early: true })).toMatchObject({ __typename: 'Run', id: started.id });
    expect((await users.run(started.id)).state).toBe('WAITING');
    await send(started.id, 'one', [1, null]);
    const run = await users.reach(started.id, 'SUCCEEDED');
    expect(run.steps.map(({ output }: { output: unknown }) => output)).toEqual([[1, null], { early: true }]);
    const { events } = await users.ask(
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
    expect(await send(UNKNOWN_RUN, 'one')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('cancelling a run', () => {
  it('ends the run and its children, with the reason', async () => {
    await users.mutate(
      'saveWorkflow',
      { source: workflowSource('long', sleepStep('nap', 60_000)) },
      '... on Workflow { id }',
    );
    const parent = workflowSource('parent_of_long', { id: 'long', kind: 'workflow', workflow: 'long' } as never);
    const started = await start(parent, { waitMs: 0 });
    const child = await until('the child exists', async () => (await users.run(started.id)).children.nodes[0]);
    const cancelled = await change('cancelRun', { runId: started.id, reason: 'Enough.' });
    expect(cancelled.__typename).toBe('Run');
    const run = await users.reach(started.id, 'CANCELLED');
    expect(JSON.stringify(run.error)).toContain('Enough.');
    expect(statesOf(run)).toEqual({ long: 'CANCELLED' });
    await users.reach(child.id, 'CANCELLED');
    expect(await change('cancelRun', { runId: started.id })).toMatchObject({ code: 'CONFLICT' });
  });

  it('compensates completed steps first, on request', async () => {
    const done = {
      ...valueStep('done', 1),
      compensate: { kind: 'transform', input: { data: 'undone', expression: '$' } },
    };
    const started = await start(workflowSource('undo', done, sleepStep('nap', 60_000)), { waitMs: 0 });
    await users.reach(started.id, 'WAITING');
    await change('cancelRun', { runId: started.id, compensate: true });
    const run = await users.reach(started.id, 'CANCELLED');
    expect(run.steps.at(-1)).toMatchObject({ state: 'SUCCEEDED', output: 'undone' });
  });

  it('is refused to users who may not see the run', async () => {
    const started = await start(workflowSource('theirs', sleepStep('nap', 60_000)), { waitMs: 0 });
    expect(await change('cancelRun', { runId: started.id }, 'bob')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await change('cancelRun', { runId: started.id }, 'admin')).toMatchObject({ __typename: 'Run' });
  });
});

describe('a run that has failed', () => {
  it('continues at the failed step, as the same run', async () => {
    available = false;
    const before = web.hits.length;
    const failed = await start(
      workflowSource('retried', valueStep('first', 1), fetchStep('get', `${web.url}/x`), valueStep('last', 3)),
    );
    expect(failed).toMatchObject({ state: 'FAILED', error: { step: 'get' } });
    expect(await change('retryStep', { runId: failed.id, step: 'first' })).toMatchObject({ __typename: 'Refusal' });
    available = true;
    expect(await change('retryStep', { runId: failed.id, step: 'get' })).toMatchObject({ id: failed.id });
    const run = await users.reach(failed.id, 'SUCCEEDED');
    expect(run).toMatchObject({ error: null, output: 3 });
    expect(statesOf(run)).toEqual({ first: 'SUCCEEDED', get: 'SUCCEEDED', last: 'SUCCEEDED' });
    expect(run.steps[1].attempt).toBe(2);
    expect(web.hits.length).toBe(before + 2);
    expect(await change('retryStep', { runId: run.id, step: 'get' })).toMatchObject({ code: 'CONFLICT' });

    const { run: verified, verifyRun } = await users.ask(
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

  it('can be rerun from a step as another run, which keeps the outputs of earlier steps', async () => {
    const inputs = { n: { type: 'integer', default: 1 } };
    const { document } = workflowSource(
      'again',
      fetchStep('get', `${web.url}/once`),
      valueStep('times', '{{ n }}', '$ * 10'),
    );
    const source = { document: { ...document, inputs } };
    const before = web.hits.length;
    const first = await start(source);
    expect(first).toMatchObject({ state: 'SUCCEEDED', output: 10 });
    const rerun = await change('rerunFrom', { runId: first.id, step: 'times', inputs: { n: 4 } });
    expect(rerun.id).not.toBe(first.id);
    const run = await users.reach(rerun.id, 'SUCCEEDED');
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
    connectionParams: { token: users.tokens[who] },
  });

interface Updated {
  readonly runUpdated: { readonly state: string; readonly steps: readonly { key: string; state: string }[] };
}

describe('a run that has ended', () => {
  it('is soon covered by a signed checkpoint', async () => {
    const { id } = await start(workflowSource('covered', valueStep('a', 1)));
    const checkpoint = await until('the checkpoint exists', async () => {
      const VERIFY = '{ valid problems checkpoint { size rootHash signature keyId at } }';
      const { verifyRun } = await users.ask(`query ($id: ID!) { verifyRun(id: $id) ${VERIFY} }`, { id });
      expect(verifyRun).toMatchObject({ valid: true, problems: [] });
      return verifyRun.checkpoint;
    });
    expect(checkpoint.size).toBeGreaterThan(0);
    expect(checkpoint.rootHash).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(checkpoint.signature, 'base64')).toHaveLength(64);
  });
});

describe('a subscription to the state of a run', () => {
  const FOLLOW = 'subscription ($id: ID!) { runUpdated(runId: $id) { state steps { key state } } }';

  it('delivers the current state and every change, and completes at the end', async () => {
    const started = await start(
      workflowSource('followed', { id: 'go', kind: 'signal', input: { name: 'go' } } as never, valueStep('done', 1)),
      {
        waitMs: 0,
      },
    );
    await users.reach(started.id, 'WAITING');
    const client = clientOf('alice');
    const seen: Updated['runUpdated'][] = [];
    for await (const { data } of client.iterate<Updated>({ query: FOLLOW, variables: { id: started.id } })) {
      if (data) seen.push(data.runUpdated);
      if (seen.length === 1) await change('sendSignal', { runId: started.id, name: 'go' });
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

  it('is refused to users who may not see the run', async () => {
    const run = await start(workflowSource('private', valueStep('a', 1)));
    await using socket = await openSocket(server, users.tokens.bob);
    const seen = socket.watchAny(FOLLOW, { id: run.id });
    await until('it is answered', () => seen.errors.length + seen.results.length > 0);
    expect(seen).toMatchObject({ results: [], errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});
