import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, statesOf, type TestUsers } from '../support/test-users.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const FOLDER = 'examples/workflows';
const FILES = readdirSync(FOLDER).sort();

let server: Server;
let web: WebServer;
let users: TestUsers;

/** The number of requests for each path, and the maximum number of concurrent requests. */
const requests = new Map<string, number>();
let busy = 0;
let maxBusy = 0;

const count = (path: string) => requests.get(path) ?? 0;
/** Every seventh is missing, and every tenth succeeds only on the second request. */
const isMissing = (n: number) => n % 7 === 3;
const isLate = (n: number) => n % 10 === 5 && !isMissing(n);

beforeAll(async () => {
  web = await startWebServer(async (req, res) => {
    const path = req.url ?? '';
    const n = Number(path.slice(1));
    requests.set(path, count(path) + 1);
    maxBusy = Math.max(maxBusy, ++busy);
    // Some are slower, so that they do not end in the order in which they began.
    await sleep(n % 3 === 0 ? 10 : 1);
    busy--;
    const status = isMissing(n) ? 404 : isLate(n) && count(path) === 1 ? 503 : 200;
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ n }));
  });
  const model = await scriptedModel();
  endModel = model.end;
  server = await startServer({
    env: {
      ALLOWED_PRIVATE_HOSTS: `${web.host},${new URL(model.url).host}`,
      ...{ LLM_API_BASE: model.url, LLM_MODEL: 'scripted' },
    },
  });
  users = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  endModel();
});

let endModel = () => {};

/** Starts the example that acts as a language model, in a separate process. */
async function scriptedModel() {
  const child = spawn(process.execPath, ['examples/scripted-model/server.ts', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\S+$/.exec(line) ?? [];
    if (url !== undefined) return { url, end: () => void child.kill() };
  }
  throw new Error('the scripted model did not start');
}

/** The files that have been run. */
const run = new Set<string>();

/** The document as a source; it then counts as run. */
async function example(file: string) {
  run.add(file);
  return { yaml: await readFile(join(FOLDER, file), 'utf8') };
}

async function bytesOf(uri: string): Promise<Buffer> {
  const [, digest] = /^artifact:sha256\/([0-9a-f]{64})$/.exec(uri) ?? [];
  expect(uri, 'an artifact').toContain(digest);
  const response = await server.fetch(`/artifacts/${digest}`, { token: users.tokens.alice });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe('the example workflows', () => {
  it('render the same page of products in each of the three forms, byte for byte', async () => {
    const pages: Buffer[] = [];
    for (const file of ['products.yaml', 'products.dag.json', 'products.pipeline.json']) {
      const { state, outputs, error } = await users.start(await example(file));
      expect([file, state, error]).toEqual([file, 'SUCCEEDED', null]);
      const [{ name, value }] = outputs;
      expect([name, value.media_type]).toEqual(['output', 'text/html; charset=utf-8']);
      pages.push(await bytesOf(value.uri));
    }
    const [first, ...others] = pages as [Buffer, ...Buffer[]];
    expect(first.toString()).toContain('Biscuits &lt;butter&gt; &amp; &quot;salt&quot;');
    for (const other of others) expect(other.equals(first)).toBe(true);
  });

  it('fan-out reads a hundred URLs, four at a time, keeps their order and lists the failures', async () => {
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const inputs = { urls: numbers.map((n) => `${web.url}/${n}`) };
    const { state, output, goal } = await users.start(await example('fan-out.yaml'), { inputs });
    expect([state, goal]).toEqual(['SUCCEEDED', 'Read 100 resources']);
    expect(output.read).toEqual(numbers.map((n) => (isMissing(n) ? null : { n })));
    expect(output.failed).toEqual(
      numbers.filter(isMissing).map((index) => ({
        ...{ index, code: 'NOT_FOUND', message: expect.stringContaining('404') },
      })),
    );
    for (const n of numbers) expect([n, count(`/${n}`)]).toEqual([n, isLate(n) ? 2 : 1]);
    expect(maxBusy).toBeGreaterThan(1);
    expect(maxBusy).toBeLessThanOrEqual(4);
  });

  it('approval renders the page when another user approves', async () => {
    const begun = await users.start(await example('approval.yaml'), { waitMs: 0 });
    const waiting = await users.reach(begun.id, 'WAITING');
    expect(statesOf(waiting)).toEqual({ rows: 'SUCCEEDED', agree: 'WAITING', page: 'PENDING' });
    const open = '{ approvals(state: OPEN) { nodes { id reason run { id } } } }';
    const [approval] = (await users.ask(open, {}, 'admin')).approvals.nodes;
    expect(approval).toMatchObject({ reason: 'Publish 7 products?', run: { id: begun.id } });

    const input = { approvalId: approval.id, approve: true };
    const decided = await users.mutate('decideApproval', input, '... on Approval { state }', 'admin');
    expect(decided).toEqual({ state: 'APPROVED' });
    const { output } = await users.reach(begun.id, 'SUCCEEDED');
    expect((await bytesOf(output.page)).toString()).toContain('<title>Products of file:///data/products.csv</title>');
  });

  it('approval asks nobody if there is little to publish', async () => {
    const inputs = { source: 'data:text/csv,name%0Alamp%0A' };
    const { state, steps } = await users.start(await example('approval.yaml'), { inputs });
    expect([state, statesOf({ steps })]).toEqual([
      'SUCCEEDED',
      { rows: 'SUCCEEDED', agree: 'SKIPPED', page: 'SUCCEEDED' },
    ]);
  });

  it('saga fails, and compensates its steps in reverse order', async () => {
    const { id, state, error, steps } = await users.start(await example('saga.yaml'));
    expect([state, error]).toMatchObject([
      'FAILED',
      { step: 'confirm', message: expect.stringContaining('seat 12A.') },
    ]);
    const { run: found } = await users.ask(
      `query ($id: ID!) { run(id: $id) { events(first: 1000, filter: { types: [STEP_STATE_CHANGED] }) { events {
        step ... on StepStateChanged { to }
      } } } }`,
      { id },
    );
    const ends = found.events.events.filter(({ to }: { to: string }) => ['SUCCEEDED', 'FAILED'].includes(to));
    expect(ends).toEqual([
      { step: 'reserve', to: 'SUCCEEDED' },
      { step: 'charge', to: 'SUCCEEDED' },
      { step: 'confirm', to: 'FAILED' },
      { step: 'undo:charge', to: 'SUCCEEDED' },
      { step: 'undo:reserve', to: 'SUCCEEDED' },
    ]);
    expect(steps.slice(3).map(({ output }: { output: unknown }) => output)).toEqual([
      { refunded: 35 },
      { released: '12A' },
    ]);
  });

  it('nightly is saved with its next start, and can also be started by hand', async () => {
    const source = await example('nightly.yaml');
    const before = Date.now();
    const saved = await users.mutate('saveWorkflow', { source }, '... on Workflow { name version }');
    expect(saved).toEqual({ name: 'nightly', version: 1 });

    const database = new Sqlite(join(server.dataDir, 'signalbox.db'), { readonly: true });
    const rows = database.prepare('SELECT name, next_at FROM schedules').all() as { name: string; next_at: number }[];
    database.close();
    expect(rows).toEqual([{ name: 'nightly', next_at: expect.any(Number) }]);
    const next = new Date(rows[0]?.next_at ?? 0);
    expect(next.toLocaleTimeString('en-GB', { timeZone: 'Europe/Warsaw' })).toBe('02:00:00');
    const hours = (next.getTime() - before) / 3_600_000;
    expect(hours).toBeGreaterThan(0);
    // The night in which the clocks are set back is longer.
    expect(hours).toBeLessThanOrEqual(25);

    const { state, output } = await users.start({ name: 'nightly' });
    expect(state).toBe('SUCCEEDED');
    expect((await bytesOf(output.page)).toString()).toContain('<title>Products</title>');
  });

  it('push-hook notes what GitHub says was pushed, and nothing else', async () => {
    const source = await example('push-hook.yaml');
    const event = {
      ref: 'refs/heads/main',
      pusher: { name: 'ada' },
      commits: [{ message: 'one' }, { message: 'two' }],
    };
    const pushed = await users.start(source, { inputs: { event, kind: 'push' } });
    expect(pushed).toMatchObject({ state: 'SUCCEEDED', output: { ref: 'refs/heads/main' } });
    expect(pushed.steps[0].input).toMatchObject({
      message: 'ada pushed to refs/heads/main',
      data: { commits: ['one', 'two'] },
    });
    const pinged = await users.start(source, { inputs: { event: { ref: '' }, kind: 'ping' } });
    expect(statesOf(pinged)).toEqual({ note: 'SKIPPED' });
  });

  it('parent continues with the output of child, which is a separate run', async () => {
    const child = await example('child.yaml');
    await users.mutate('saveWorkflow', { source: child }, '... on Workflow { name }');
    const begun = await users.start(await example('parent.yaml'));
    expect(begun).toMatchObject({ state: 'SUCCEEDED', output: { count: 7, total: 90.7 } });
    const [{ id }] = begun.children.nodes;
    expect(await users.run(id)).toMatchObject({
      ...{ workflow: 'child', state: 'SUCCEEDED', parent: { id: begun.id }, output: { total: 90.7 } },
      inputs: { rows: expect.arrayContaining([expect.objectContaining({ name: 'Cup', price: '4.00' })]) },
    });
  });

  it('repair writes the draft again with the reported problem, and then the check passes', async () => {
    const { id, state, output, steps } = await users.start(await example('repair.yaml'));
    expect([state, statesOf({ steps })]).toEqual(['SUCCEEDED', { draft: 'SUCCEEDED', check: 'SUCCEEDED' }]);
    const problem = expect.stringContaining('The draft has no title.');
    expect(output).toEqual({ draft: { title: 'Draft 1', fixed: problem } });
    const { run: found } = await users.ask(
      `query ($id: ID!) { run(id: $id) { events(first: 1000) { events {
        step ... on StepStateChanged { to error { message } }
      } } } }`,
      { id },
    );
    const failures = found.events.events.filter(({ error }: { error?: object }) => error);
    expect(failures).toEqual([{ step: 'check', to: 'FAILED_RETRYABLE', error: { message: problem } }]);
  });

  it('with an agent summarize the text in each of the three forms', async () => {
    const summaries: unknown[] = [];
    for (const file of ['agent-summary.yaml', 'agent.dag.json', 'agent.pipeline.json']) {
      const { state, outputs, error } = await users.start(await example(file), {}, 'admin');
      expect([file, state, error]).toEqual([file, 'SUCCEEDED', null]);
      summaries.push(outputs.at(-1).value.summary);
    }
    expect(summaries[0]).toMatch(/signal/i);
    expect(new Set(summaries).size).toBe(1);
  });

  it('agent-research has a model call its tools, stream its findings, and remember them', async () => {
    // The agent research.json reads the memory that this one writes, and admin may do what the analyst may not.
    const done = await users.start(await example('agent-research.yaml'), {}, 'admin');
    expect(done.error).toBeNull();
    expect(done.output.brief).toContain('This is what the tools gave');
    const document = `query ($id: ID!) { run(id: $id) { step(key: "research") { toolCalls { tool error { code } } }
      events(first: 200) { events { type ... on AgentDelta { text } } } } }`;
    const { run: shown } = await users.ask(document, { id: done.id }, 'admin');
    expect(shown.step.toolCalls).toEqual([
      { tool: 'web.search', error: null },
      { tool: 'notify.send', error: null },
    ]);
    const types = shown.events.events.map(({ type }: { type: string }) => type);
    for (const type of ['AGENT_MESSAGE', 'TOOL_CALLED', 'TOOL_RETURNED', 'NOTIFICATION']) expect(types).toContain(type);
    expect(types.filter((type: string) => type === 'AGENT_DELTA').length).toBeGreaterThan(1);
  });

  it.each(['summary.json', 'research.json', 'count-words.json'])('run the agent %s as a step', async (file) => {
    const agent = JSON.parse(await readFile(join('examples/agents', file), 'utf8'));
    const context = {
      text: 'A signal box sets routes. Its levers move points. The interlocking keeps trains apart.',
    };
    const document = { name: 'agent', steps: [{ id: 'a', kind: 'agent', agent, input: context }] };
    const done = await users.start({ document }, {}, 'admin');
    expect([file, done.error]).toEqual([file, null]);
  });

  it('have all run here, except the report and those that build a service, which have their own tests', () => {
    expect([...run, 'build-and-repair.yaml', 'build_service.yaml', 'report.yaml'].sort()).toEqual(FILES);
  });
});
