import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome {
    run { id state principal { tenant subject } error { code } steps { id } artifacts { nodes { id } } }
    resource { digest text }
  }
  ... on Refusal { code message }
} }`;
const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
  ... on Run { id state output } ... on Refusal { code message }
} }`;
const WATCH_STATE = 'subscription ($id: ID!) { runUpdated(runId: $id) { id state } }';
const WATCH = 'subscription { events { cursor events { cursor runId seq type hash } } }';
const WATCH_RUN = 'subscription ($id: ID!) { runEvents(runId: $id) { cursor events { cursor runId seq type hash } } }';

let server: Server;

async function execute(token: string, input: object) {
  const { data, errors } = await server.query(EXECUTE, { input }, token);
  expect(errors).toBeUndefined();
  return data.execute;
}

async function start(token: string, source: object, more: object = {}) {
  const { data, errors } = await server.query(START, { input: { source, ...more } }, token);
  expect(errors).toBeUndefined();
  return data.startRun;
}

/** A run that waits for approval, and that approval. */
async function startWaiting(token: string) {
  const agree = { id: 'agree', kind: 'approval', input: { reason: 'Shall it?' } };
  const { id: runId } = await start(token, { document: { name: 'waiting', steps: [agree] } });
  const approvalId = await until('it waits', async () => {
    const { data } = await server.query('{ approvals(first: 100) { nodes { id run { id } } } }', {}, token);
    return data.approvals.nodes.find(({ run }: { run: { id: string } }) => run.id === runId)?.id as string | undefined;
  });
  return { runId, approvalId };
}

const text = (words: string) => ({ text: { text: words, mediaType: 'text/plain' } });

/** The traces of a user: a run with an artifact, and a run whose output is small enough for the store. */
async function createTraces(token: string) {
  const key = { idempotencyKey: 'everybodys-key' };
  const large = await execute(token, {
    command: 'fetch',
    source: text(`large ${token} ${'x'.repeat(70_000)}`),
    ...key,
  });
  const small = await execute(token, { command: 'fetch', source: text(`small ${token}`) });
  const [{ id: stepId }] = large.run.steps;
  const [{ id: artifactId }] = large.run.artifacts.nodes;
  const waiting = await startWaiting(token);
  return {
    waiting,
    runId: large.run.id,
    stepId,
    artifactId,
    large: large.resource.digest,
    small: small.resource.digest,
  };
}

type UserTraces = Awaited<ReturnType<typeof createTraces>>;

/** The queries and requests through which a user finds these traces. */
const ACCESS_PATHS = [
  ...['run', 'nodes', 'runs', 'events', 'artifact', 'verifyRun', 'download', 'head'],
  ...['source of a command', 'template', 'pipeline', 'query resources', 'subscription'],
  ...['approvals', 'run state', 'workflow by URI'],
];

/** Everything that a token finds of these traces, through every query. Empty: to that user they do not exist. */
async function visibleTraces(token: string, created: UserTraces): Promise<readonly string[]> {
  const found: string[] = [];
  const { runId, stepId, artifactId, large, small, waiting } = created;
  const { data } = await server.query(
    `query ($run: ID!, $ids: [ID!]!, $large: Sha256!, $small: Sha256!) {
      run(id: $run) { id }
      nodes(ids: $ids) { id }
      runs { totalCount nodes { id } }
      filtered: runs(filter: { text: "${runId}" }) { totalCount nodes { id } }
      events { events { runId } }
      filteredEvents: events(filter: { runId: "${runId}" }) { events { runId } }
      large: artifact(digest: $large) { id }
      small: artifact(digest: $small) { id }
      approvals(first: 100) { nodes { id } }
    }`,
    { run: runId, ids: [runId, stepId, artifactId, waiting.runId, waiting.approvalId], large, small },
    token,
  );
  const note = (path: string, visible: unknown) => visible && found.push(path);
  note('run', data.run);
  note('nodes', data.nodes.some(Boolean));
  const holds = (list: { id?: string; runId?: string }[]) => list.some((one) => (one.id ?? one.runId) === runId);
  note('runs', holds(data.runs.nodes) || holds(data.filtered.nodes) || data.filtered.totalCount > 0);
  note('events', holds(data.events.events) || data.filteredEvents.events.length > 0);
  note('artifact', data.large ?? data.small);
  note(
    'approvals',
    data.approvals.nodes.some(({ id }: { id: string }) => id === waiting.approvalId),
  );

  const verify = await server.query(`{ verifyRun(id: "${runId}") { events } }`, {}, token);
  note('verifyRun', verify.data?.verifyRun);
  for (const digest of [large, small]) {
    const uri = `artifact:sha256/${digest}`;
    note('download', (await server.fetch(`/artifacts/${digest}`, { token })).status !== 404);
    note('head', (await server.fetch(`/artifacts/${digest}`, { token, method: 'HEAD' })).status !== 404);
    const command = await execute(token, { command: 'convertToBase64', source: { uri } });
    note('source of a command', command.run.error?.code !== 'NOT_FOUND');
    const checked = await execute(token, { command: 'fetch', source: text('{}'), schemaUri: uri });
    note('schema', !['NOT_FOUND', 'FORBIDDEN'].includes(checked.code ?? checked.run.error?.code));
    const template = await execute(token, { command: 'render', source: text('x'), options: { templateUri: uri } });
    note('template', template.run.error?.code !== 'NOT_FOUND');
    const steps = [
      { command: 'fetch', options: { source: text('x') } },
      { command: 'fetch', options: { source: { uri } } },
    ];
    const pipeline = await execute(token, { command: 'pipeline', options: { steps } });
    note('pipeline', pipeline.run.error?.code !== 'NOT_FOUND');
    const started = await start(token, { uri });
    note('workflow by URI', !['NOT_FOUND', 'FORBIDDEN'].includes(started.code));
    const read = await server.query('query ($uri: URI!) { resources(uris: [$uri]) { text } }', { uri }, token);
    note('query resources', read.errors?.[0].extensions.code !== 'NOT_FOUND');
  }
  await using socket = await openSocket(server, token);
  const watched = socket.watch(WATCH_RUN, { id: runId });
  await until('the subscription ends', () => watched.completed);
  note('subscription', watched.events.length > 0 || watched.errors[0]?.extensions.code !== 'NOT_FOUND');
  const state = socket.watchAny(WATCH_STATE, { id: runId });
  await until('the state has come, or a refusal', () => state.results.length + state.errors.length > 0);
  note('run state', state.errors[0]?.extensions.code !== 'NOT_FOUND');
  return [...new Set(found)];
}

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop('SIGKILL');
});

describe.each([
  ['two tenants, also with the same subject and all permissions', ['admin'], 'red', 'blue', 'ann', 'ann'],
  ['two users of one tenant, each with their runs', ['analyst'], 'green', 'green', 'carl', 'dora'],
] as const)('between %s', (_, roles, tenant, otherTenant, name, otherName) => {
  let one: string;
  let other: string;

  beforeAll(async () => {
    one = await tokenFor(name, { roles, tenant });
    other = await tokenFor(otherName, { roles, tenant: otherTenant });
  });

  it('neither finds anything of the other', async () => {
    const created = await createTraces(one);
    const theirs = await createTraces(other);
    expect(theirs.runId).not.toBe(created.runId);
    expect(await visibleTraces(one, created)).toEqual(expect.arrayContaining(ACCESS_PATHS));
    expect(await visibleTraces(other, created)).toEqual([]);
    expect(await visibleTraces(one, theirs)).toEqual([]);
  });

  it('only a user who may see a run controls it', async () => {
    const { waiting } = await createTraces(one);
    const { runId, approvalId } = waiting;
    const tries = {
      cancelRun: { runId },
      retryStep: { runId, step: 'agree' },
      rerunFrom: { runId, step: 'agree' },
      sendSignal: { runId, name: 'x' },
      decideApproval: { approvalId, approve: true },
    };
    for (const [field, input] of Object.entries(tries)) {
      const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ... on Refusal { code } } }`;
      const { data } = await server.query(document, { input }, other);
      expect([field, data[field].code]).toEqual([field, 'NOT_FOUND']);
    }
    const { data } = await server.query('query ($id: ID!) { run(id: $id) { state } }', { id: runId }, one);
    expect(data.run.state).toBe('WAITING');
  });

  it('an idempotency key belongs to one user', async () => {
    const key = { command: 'fetch', idempotencyKey: 'shared' };
    const mine = await execute(one, { ...key, source: text('mine') });
    const theirs = await execute(other, { ...key, source: text('theirs') });
    expect(mine.resource.text).toBe('mine');
    expect(theirs.resource.text).toBe('theirs');
  });

  it('the same bytes are stored once, but only their owners see them', async () => {
    const content = `${name} and ${otherName} ${'y'.repeat(70_000)}`;
    const upload = (token: string) =>
      server.fetch('/artifacts?name=same', {
        method: 'POST',
        body: content,
        token,
        headers: { 'content-type': 'text/plain' },
      });
    const { digest } = (await (await upload(one)).json()) as { digest: string };
    const download = (token: string) => server.fetch(`/artifacts/${digest}`, { token });
    expect([(await download(one)).status, (await download(other)).status]).toEqual([200, 404]);
    expect((await upload(other)).status).toBe(201);
    expect(await (await download(other)).text()).toBe(content);
  });

  it('a subscription delivers only events of the subscriber', async () => {
    await using mySocket = await openSocket(server, one);
    await using theirSocket = await openSocket(server, other);
    const mine = mySocket.watch(WATCH);
    const theirs = theirSocket.watch(WATCH);
    // A first batch without events confirms the subscription.
    await until('both stand', () => mine.cursor && theirs.cursor);
    const runs: Record<'mine' | 'theirs', string[]> = { mine: [], theirs: [] };
    for (let i = 0; i < 10; i++) {
      runs.mine.push((await execute(one, { command: 'fetch', source: text(`${i}`) })).run.id);
      runs.theirs.push((await execute(other, { command: 'fetch', source: text(`${i}`) })).run.id);
    }
    // Each run has four events: created, decided, the step's end, the run's end.
    const runsOf = (events: readonly { runId: string }[]) => [...new Set(events.map(({ runId }) => runId))];
    expect(runsOf(await mine.upTo(40))).toEqual(runs.mine);
    expect(runsOf(await theirs.upTo(40))).toEqual(runs.theirs);
  });
});

describe('saved workflows', () => {
  const SAVE = `mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) {
    ... on Workflow { id version } ... on Refusal { code }
  } }`;
  const FIND = `query ($name: String!, $id: ID!) {
    workflow(name: $name) { id yaml runs { nodes { id } } } workflows(first: 100) { nodes { id } } node(id: $id) { id }
  }`;
  const REMOVE = `mutation ($input: DeleteWorkflowInput!) { deleteWorkflow(input: $input) {
    ... on Workflow { id } ... on Refusal { code }
  } }`;
  const giving = (name: string, data: string) => ({
    document: { name, steps: [{ id: 'give', kind: 'transform', input: { data, expression: '$' } }] },
  });
  const find = async (token: string, name: string, id: string) => (await server.query(FIND, { name, id }, token)).data;
  const save = async (token: string, source: object) =>
    (await server.query(SAVE, { input: { source } }, token)).data.saveWorkflow;

  it('belong to their tenant: elsewhere the same name is another workflow, or does not exist', async () => {
    const one = await tokenFor('eve', { roles: ['admin'], tenant: 'cyan' });
    const other = await tokenFor('eve', { roles: ['admin'], tenant: 'pink' });
    const mine = await save(one, giving('common', 'mine'));
    const theirs = await save(other, giving('common', 'theirs'));
    const alone = await save(one, giving('alone', 'mine'));
    expect([mine.version, theirs.version]).toEqual([1, 1]);

    const run = await start(one, { name: 'common' }, { waitMs: 60_000 });
    expect(run.output).toBe('mine');
    expect((await start(other, { name: 'common' }, { waitMs: 60_000 })).output).toBe('theirs');
    expect((await find(one, 'common', mine.id)).workflow).toMatchObject({
      id: mine.id,
      runs: { nodes: [{ id: run.id }] },
    });

    const found = await find(other, 'alone', alone.id);
    expect(found).toEqual({ workflow: null, workflows: { nodes: [{ id: theirs.id }] }, node: null });
    expect(await start(other, { name: 'alone' })).toMatchObject({ code: 'NOT_FOUND' });
    const child = { id: 'child', kind: 'workflow', workflow: 'alone' };
    const parent = await start(other, { document: { name: 'parent', steps: [child] } }, { waitMs: 60_000 });
    expect(parent.code ?? parent.state).not.toBe('SUCCEEDED');
    const removed = await server.query(REMOVE, { input: { name: 'alone' } }, other);
    expect(removed.data.deleteWorkflow).toEqual({ code: 'NOT_FOUND' });
    expect((await find(one, 'alone', alone.id)).workflow.id).toBe(alone.id);
  });

  it('are shared within a tenant, whose users each see only their runs', async () => {
    const one = await tokenFor('fay', { roles: ['analyst'], tenant: 'grey' });
    const other = await tokenFor('gus', { roles: ['analyst'], tenant: 'grey' });
    const { id } = await save(one, giving('shared', 'ours'));
    const run = await start(one, { name: 'shared' }, { waitMs: 60_000 });
    expect((await find(one, 'shared', id)).workflow.runs.nodes).toEqual([{ id: run.id }]);
    expect((await find(other, 'shared', id)).workflow).toMatchObject({ id, runs: { nodes: [] } });
  });
});
