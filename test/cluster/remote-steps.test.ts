import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/cap/worker-process.ts';
import { type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUserName, type TestUsers } from '../support/test-users.ts';

const EVENTS = `query ($id: ID!) { events(filter: { runId: $id }, first: 500) { events { type step
  ... on LogLine { level text } ... on StepProgress { percent memo } ... on AgentMessage { role text }
  ... on Notification { level message } ... on ArtifactCreated { artifact { name mediaType size resource { text } } }
  ... on ToolCalled { call { tool arguments } } ... on ToolReturned { call { tool result error { code message } } }
  ... on PolicyDecided { decision { action effect canonicalUri } } } } }`;

const VALIDATE = `query ($source: WorkflowSource!) { validateWorkflow(source: $source) {
  problems { severity step line message } } }`;

/** What a step reports; the rest is about jobs. */
const REPORTED =
  /^(?:LOG|STEP_PROGRESS|NOTIFICATION|AGENT_MESSAGE|TOOL_CALLED|TOOL_RETURNED|ARTIFACT_CREATED|POLICY_DECIDED)$/;

interface ReportedEvent {
  readonly type: string;
  readonly step: string;
  readonly decision?: { readonly action: string };
}
type StepEnd = Readonly<Record<'key' | 'state' | 'attempt' | 'output' | 'error', unknown>>;
const JOB_ACTION = 'job:pool.far';
/** Commits, durations, and ids of messages. */
const VOLATILE = [
  /\b[0-9a-f]{40}\b/g,
  /as [0-9a-f]{12}\b/g,
  /(?<="wall_ms":)[\d.]+/g,
  /in [\d.]+s\b/g,
  /msg_[0-9a-f]+/g,
];

/** Steps of every sort, each in a separate run. */
const DOCUMENTS: Readonly<Record<string, { steps: readonly object[]; who?: TestUserName }>> = {
  'a transform': { steps: [{ id: 'a', kind: 'transform', input: { data: [1, 2, 3], expression: '$sum($)' } }] },
  'a large output': {
    steps: [{ id: 'a', kind: 'transform', input: { data: null, expression: '[1..20000].($string($) & "x")' } }],
  },
  'a command that reads a file': {
    steps: [
      { id: 'a', kind: 'command', command: 'convertToJson', input: { source: { uri: 'file:///data/products.csv' } } },
    ],
  },
  'a command whose input is the artifact of another step': {
    steps: [
      { id: 'a', kind: 'command', command: 'fetch', input: { source: { uri: 'file:///data/products.csv' } } },
      { id: 'b', kind: 'command', command: 'convertToJson', input: { source: { uri: '{{ steps.a.resource.uri }}' } } },
    ],
  },
  'a query': { steps: [{ id: 'a', kind: 'query', query: 'resources', input: { uris: ['data:,one'] } }] },
  'a tool with logs and files': {
    steps: [
      {
        ...{ id: 'a', kind: 'tool', tool: 'python.run' },
        input: {
          entrypoint: '-c',
          code: 'import sys; open("/out/out.txt", "w").write("file"); print("to stdout"); print("to stderr", file=sys.stderr)',
        },
      },
    ],
  },
  'an agent': {
    steps: [
      {
        ...{ id: 'a', kind: 'agent' },
        agent: {
          ...{ role: 'Writer', goal: 'Write.', backend: 'bash_cli' },
          backend_config: { command_template: 'echo log >&2; echo written > file; cat file' },
        },
      },
    ],
  },
  'bad input': { steps: [{ id: 'a', kind: 'transform', input: { data: 1, expression: '$error("broken")' } }] },
  'a resource that is missing': {
    steps: [{ id: 'a', kind: 'command', command: 'fetch', input: { source: { uri: 'file:///data/missing.csv' } } }],
  },
  'a time limit': {
    steps: [
      {
        ...{ id: 'a', kind: 'tool', tool: 'python.run', timeout_ms: 2_000 },
        input: { entrypoint: '-c', code: 'import time; time.sleep(600)' },
      },
    ],
  },
  'a resource that the policy forbids': {
    ...{ who: 'alice' },
    steps: [
      {
        id: 'a',
        kind: 'tool',
        tool: 'python.run',
        input: { entrypoint: '-c', code: 'print(1)', files: [{ path: 'a', uri: 'http://127.0.0.1:9/x' }] },
      },
    ],
  },
};

describe.skipIf(!hasNats)('steps of a remote pool', () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let nats: NatsServer;
  let server: Server;
  let worker: WorkerProcess;
  let users: TestUsers;
  beforeAll(async () => {
    folder = await createTempFolder();
    const files = { pools: join(folder.path, 'pools.yaml'), policy: join(folder.path, 'policy.csv') };
    await writeFile(files.pools, 'far: { runtime: remote }\n');
    const rules =
      'p, analyst, tool:python.run, **, *, allow\np, analyst, job:pool.*, **, *, allow\np, admin, tool:drive.get, **, *, approve\n';
    await writeFile(files.policy, `${await readFile('policy/policy.csv', 'utf8')}\n${rules}`);
    const env = { POOLS_FILE: files.pools, POLICY_FILE: files.policy };
    nats = await startNatsServer();
    server = await startServer({ env: { ...env, NATS_URL: nats.url, CAP_UNSIGNED: 'true' } });
    worker = await startWorkerProcess({ nats, server, id: 'worker-1', pools: ['far'], env });
    users = await createTestUsers(server);
  });
  afterAll(async () => {
    await worker?.stop();
    await server?.stop();
    await nats?.remove();
    await folder?.[Symbol.asyncDispose]();
  });

  const perform = async (document: { readonly steps: readonly object[] }, inputs: object, who: TestUserName) => {
    const run = await users.start({ document: { name: 'test', ...document } }, { inputs }, who);
    const { events } = (await users.ask(EVENTS, { id: run.id }, who)).events;
    const jobs = events.filter(({ type }: { type: string }) => type === 'JOB_DISPATCHED').length;
    return { run, jobs, events: events.filter(({ type }: { type: string }) => REPORTED.test(type)) };
  };
  /** Without what differs between any two runs. Artifacts of a remote step are recorded at its end. */
  const comparable = ({ run, events }: Awaited<ReturnType<typeof perform>>) => {
    const { error, state, steps } = run;
    const ends = steps.map(({ key, state, attempt, output, error }: StepEnd) => {
      const own = events.filter((event: ReportedEvent) => event.step === key && event.decision?.action !== JOB_ACTION);
      const [artifacts, others] = [true, false].map((isArtifact) =>
        own.filter(({ type }: ReportedEvent) => (type === 'ARTIFACT_CREATED') === isArtifact),
      );
      return { key, state, attempt, output, error, artifacts, events: others };
    });
    const text = JSON.stringify({ error, state, steps: ends });
    return JSON.parse(VOLATILE.reduce((all, pattern) => all.replaceAll(pattern, '0'), text));
  };
  const both = async (document: { readonly steps: readonly object[] }, inputs = {}, who: TestUserName = 'admin') => {
    const here = await perform(document, inputs, who);
    const steps = document.steps.map((step) => ({ ...step, pool: 'far' }));
    const there = await perform({ ...document, steps }, inputs, who);
    return { here: comparable(here), there: comparable(there), jobs: there.jobs };
  };

  it.each(Object.entries(DOCUMENTS))(
    'have the output, events and errors that they have in the server: %s',
    async (_, { steps, who }) => {
      const { here, there, jobs } = await both({ steps }, {}, who);
      expect(there).toEqual(here);
      expect(jobs).toBe(steps.length);
    },
  );

  it('are checked beforehand for what workers cannot do: memories, and calls that wait for an approval', async () => {
    const yaml = `name: far
steps:
  - id: a
    kind: agent
    POOL
    agent:
      role: Clerk
      goal: Work.
      backend: litellm
      backend_config: { model: m, api_base: "http://127.0.0.1:9/v1" }
      tools: [drive.get, drive.search]
      memory_uri: memory:notes
`;
    const validate = async (pool: string) => {
      const source = { yaml: yaml.replace('POOL', pool) };
      return (await users.ask(VALIDATE, { source }, 'admin')).validateWorkflow.problems;
    };
    const memory = { severity: 'ERROR', step: 'a', line: 12, message: expect.stringContaining('have no memories') };
    expect(await validate('pool: far')).toEqual([memory]);
    const approval = {
      severity: 'WARNING',
      step: 'a',
      line: null,
      message: expect.stringContaining('drive.get needs an'),
    };
    const source = { yaml: yaml.replace('POOL', 'pool: far').replace('      memory_uri: memory:notes\n', '') };
    expect((await users.ask(VALIDATE, { source }, 'admin')).validateWorkflow.problems).toEqual([approval]);
    expect(await validate('labels: { a: b }')).toEqual([]);
  });

  it('work on what other steps made: a service is generated, checked and committed', async () => {
    const document = parse(await readFile('examples/workflows/build-and-repair.yaml', 'utf8'));
    const { here, there } = await both(document, { resource: 'Listing' });
    expect(here.error).toBeNull();
    expect(there).toEqual(here);
  });
});
