import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

import { until } from '../../../../../test/support/until.ts';

let folder: string;
let api: TestGraphqlServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-workflows-'));
  const rules = await readFile(new URL('../../../../../policy/policy.csv', import.meta.url), 'utf8');
  const file = join(folder, 'policy.csv');
  await writeFile(file, `${rules}\np, user, query:workflows, **, *, deny\n`);
  api = await startGraphql({ env: { POLICY_FILE: file } });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
  ... on Run {
    id state output resource { text } outputs { name value resource { uri mediaType text } }
    steps { key input output decision { action } approval { id } }
  }
  ... on Refusal { code message path }
} }`;

async function start(document: object, more: object = {}, token = ALICE) {
  const input = { source: { document }, waitMs: 10_000, ...more };
  const { data, errors } = await api.ask(START, { input }, token);
  expect(errors).toBeUndefined();
  return data.startRun;
}

const value = (id: string, data: unknown) => ({ id, kind: 'transform', input: { data, expression: '$' } });

describe('the text of a run', () => {
  it('is what was sent, or the saved version, also for a rerun, and not for others', async () => {
    const yaml = 'name: told # so\nsteps:\n  - { id: one, kind: transform, input: { data: 1, expression: "$" } }\n';
    const textOf = async (id: string, token = ALICE) =>
      (await api.ask('query ($id: ID!) { run(id: $id) { text } }', { id }, token)).data.run?.text;
    const sent = await api.ask(START, { input: { source: { yaml }, waitMs: 10_000 } }, ALICE);
    expect(await textOf(sent.data.startRun.id)).toBe(yaml);
    expect(await textOf(sent.data.startRun.id, BOB)).toBeUndefined();
    const rerun = 'mutation ($i: RerunFromInput!) { rerunFrom(input: $i) { ... on Run { id } } }';
    const again = await api.ask(rerun, { i: { runId: sent.data.startRun.id, step: 'one' } }, ALICE);
    expect(await textOf(again.data.rerunFrom.id)).toBe(yaml);
    const { data } = await api.ask('query ($id: ID!) { verifyRun(id: $id) { valid } }', {
      id: again.data.rerunFrom.id,
    });
    expect(data.verifyRun.valid).toBe(true);

    const save =
      'mutation ($i: SaveWorkflowInput!) { saveWorkflow(input: $i) { ... on Workflow { version } ... on Refusal { message } } }';
    const saved: [string, string][] = [];
    for (const text of [yaml, `${yaml}# 2`]) {
      await api.ask(save, { i: { source: { yaml: text } } }, ADMIN);
      const started = await api.ask(START, { input: { source: { name: 'told' }, waitMs: 10_000 } }, ALICE);
      saved.push([started.data.startRun.id, text]);
    }
    for (const [id, text] of saved) expect(await textOf(id)).toBe(text);
    const long = `${yaml}# ${'long '.repeat(14_000)}`;
    const unkept = await api.ask(START, { input: { source: { yaml: long }, waitMs: 10_000 } }, ALICE);
    expect(await textOf(unkept.data.startRun.id)).toBeNull();
  });
});

describe('what a workflow names as an output', () => {
  const upload = async (text: string, token: string): Promise<string> => {
    const { data } = await api.ask(
      `mutation ($input: UploadArtifactInput!) { uploadArtifact(input: $input) { ... on Artifact { digest } } }`,
      { input: { name: 'a.txt', source: { text: { text } } } },
      token,
    );
    return `artifact:sha256/${data.uploadArtifact.digest}`;
  };

  it('is a resource where it is one that the caller may see, however it came there', async () => {
    const mine = await upload('mine', ALICE);
    const theirs = await upload('not for alice', ADMIN);
    const resource = { uri: theirs, media_type: 'text/plain', size: 13 };
    const outputs = { mine, alone: theirs, resource, odd: { uri: 7 }, number: 1, text: 'artifact:sha256/abc' };
    const run = await start({ name: 'naming', steps: [value('a', 1)], outputs });
    expect(run).toMatchObject({ state: 'SUCCEEDED', output: outputs, resource: null });
    const seen = ({ outputs: named }: { outputs: { name: string; resource: { text: string } | null }[] }) =>
      Object.fromEntries(named.flatMap(({ name, resource: found }) => (found ? [[name, found.text]] : [])));
    expect(seen(run)).toEqual({ mine: 'mine' });
    const { data } = await api.ask(`{ run(id: "${run.id}") { outputs { name resource { text } } } }`, {}, ADMIN);
    expect(seen(data.run)).toEqual({ mine: 'mine', alone: 'not for alice', resource: 'not for alice' });
  });

  it('is what the run made, where it is the only one; without any, that is what its last step made', async () => {
    const mine = await upload('mine', ALICE);
    expect(await start({ name: 'one', steps: [value('a', 1)], outputs: { it: mine } })).toMatchObject({
      ...{ output: { it: mine }, resource: { text: 'mine' } },
    });
    const none = await start({ name: 'none', steps: [value('a', 1), value('b', [2])] });
    expect(none).toMatchObject({ output: [2], outputs: [], resource: { text: '[2]' } });
  });
});

describe('a step', () => {
  it('that has no input takes the inputs of the run', async () => {
    const { data } = await api.ask(
      `mutation { fetch(input: { source: { uri: "data:,a" } }) { ... on CommandOutcome { run { id inputs steps { input approval { id } } } } } }`,
      {},
      ALICE,
    );
    const { id, inputs, steps } = data.fetch.run;
    expect(inputs).toEqual({ source: { uri: 'data:,a' } });
    expect(steps).toEqual([{ input: inputs, approval: null }]);
    const found = await api.ask(`{ run(id: "${id}") { steps { input run { id } } } }`, {}, ALICE);
    expect(found.data.run.steps).toEqual([{ input: inputs, run: { id } }]);
  });

  it('says what it performs, which run it started, and until when it waits', async () => {
    const inner = { name: 'inner', steps: [value('a', 1)] };
    const saved = await api.ask(
      'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { __typename } }',
      { input: { source: { document: inner } } },
      ADMIN,
    );
    expect(saved.data.saveWorkflow.__typename).toBe('Workflow');
    const steps = [
      { id: 'read', kind: 'command', command: 'fetch', input: { source: { uri: 'data:,a' } } },
      { id: 'child', kind: 'workflow', workflow: 'inner' },
      { id: 'rest', kind: 'sleep', depends_on: ['read', 'child'], input: { ms: 3_600_000 } },
    ];
    const { id } = await start({ name: 'outer', steps }, { waitMs: 0 }, ADMIN);
    const query = `query ($id: ID!) { run(id: $id) {
      workflowVersion
      steps { key state does undoes wakeAt childRun { workflow workflowVersion parent { id } } }
    } }`;
    const rests = async () => {
      const { run } = (await api.ask(query, { id }, ADMIN)).data;
      return run.steps[2].state === 'WAITING' ? run : undefined;
    };
    const run = await until('it waits', rests);
    const childRun = { workflow: 'inner', workflowVersion: 1, parent: { id } };
    expect(run.workflowVersion).toBeNull();
    expect(run.steps).toMatchObject([
      { key: 'read', does: 'fetch', undoes: null, wakeAt: null, childRun: null },
      { key: 'child', does: 'inner', wakeAt: null, childRun },
      { key: 'rest', does: null, childRun: null },
    ]);
    const inMs = Date.parse(run.steps[2].wakeAt) - Date.now();
    expect(inMs).toBeGreaterThan(3_000_000);
    const moves =
      'events(filter: { types: [STEP_STATE_CHANGED] }) { events { ... on StepStateChanged { to startedAt wakeAt } } }';
    const { events } = (await api.ask(`{ run(id: "${id}") { ${moves} } }`, {}, ADMIN)).data.run.events;
    expect(events).toContainEqual({ to: 'WAITING', startedAt: expect.any(String), wakeAt: run.steps[2].wakeAt });
  });

  it('that names no capability is decided as its kind', async () => {
    const run = await start({ name: 'kinds', steps: [value('a', 1), { id: 'b', kind: 'sleep', input: { ms: 1 } }] });
    const actions = run.steps.map(({ decision }: { decision: { action: string } }) => decision.action);
    expect(actions).toEqual(['step:transform', 'step:sleep']);
  });
});

describe('saved workflows', () => {
  it('are shown to who may see them, by every way to them', async () => {
    const source = { document: { name: 'kept', steps: [value('a', 1)] } };
    const { data } = await api.ask(
      'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { ... on Workflow { id graph { nodes { key } } } } }',
      { input: { source } },
      ALICE,
    );
    const { id, graph } = data.saveWorkflow;
    expect(graph.nodes).toEqual([{ key: 'a' }]);
    for (const query of ['workflow(name: "kept") { id }', 'workflows { nodes { id } }', `node(id: "${id}") { id }`]) {
      const [mine, bobs] = [await api.ask(`{ ${query} }`, {}, ALICE), await api.ask(`{ ${query} }`, {}, BOB)];
      expect(JSON.stringify(mine.data)).toContain(id);
      expect(bobs.errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });

  it('are converted for those who may see them', async () => {
    const yaml = 'name: shown\nsteps:\n  - { id: a, kind: sleep, input: { ms: 1 } }\n';
    const save = 'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { __typename } }';
    await api.ask(save, { input: { source: { yaml } } }, ALICE);
    const convert = '{ convertWorkflow(source: { name: "shown" }, form: NATIVE) { text } }';
    expect((await api.ask(convert, {}, ALICE)).data.convertWorkflow.text).toBe(yaml);
    expect((await api.ask(convert, {}, BOB)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('keep their versions, and are saved over the expected one only', async () => {
    const save = async (number: number, ifVersion?: number) => {
      const input = { source: { document: { name: 'edited', steps: [value('a', number)] } }, ifVersion };
      const mutation = `mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) {
        ... on Workflow { version } ... on Refusal { code path message }
      } }`;
      return (await api.ask(mutation, { input }, ALICE)).data.saveWorkflow;
    };
    expect(await save(1, 1)).toMatchObject({ code: 'CONFLICT', path: ['ifVersion'] });
    expect(await save(1, 0)).toEqual({ version: 1 });
    expect(await save(2, 1)).toEqual({ version: 2 });
    expect(await save(3, 1)).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('version 2') });
    expect(await save(3)).toEqual({ version: 3 });

    const read = async (field: string) => (await api.ask(`{ workflow${field} }`, {}, ALICE)).data.workflow;
    expect(await read('(name: "edited", version: 2) { version document }')).toMatchObject({
      version: 2,
      document: { steps: [{ input: { data: 2 } }] },
    });
    expect(await read('(name: "edited", version: 9) { version }')).toBeNull();
    const versions = 'versions(first: 2) { nodes { version } pageInfo { hasNextPage endCursor } }';
    const page = (await read(`(name: "edited") { ${versions} }`)).versions;
    expect(page).toMatchObject({ nodes: [{ version: 3 }, { version: 2 }], pageInfo: { hasNextPage: true } });
    const rest = `(name: "edited") { versions(after: "${page.pageInfo.endCursor}") { nodes { version } } }`;
    expect((await read(rest)).versions.nodes).toEqual([{ version: 1 }]);
  });

  it('are read a page at a time', async () => {
    for (const name of ['p1', 'p2', 'p3']) {
      await api.ask(
        'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { __typename } }',
        { input: { source: { document: { name, steps: [value('a', 1)] } } } },
        ADMIN,
      );
    }
    const page = async (after?: string) => {
      const query = `query ($after: String) { workflows(first: 2, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } totalCount
      } }`;
      return (await api.ask(query, { after }, ADMIN)).data.workflows;
    };
    const first = await page();
    expect(first).toMatchObject({ nodes: [{ name: 'p3' }, { name: 'p2' }], pageInfo: { hasNextPage: true } });
    expect((await page(first.pageInfo.endCursor)).nodes[0]).toEqual({ name: 'p1' });
    const { errors } = await api.ask('{ workflows(first: 101) { totalCount } }', {}, ADMIN);
    expect(errors[0].extensions.code).toBe('BAD_INPUT');
  });
});

describe('schedules', () => {
  const ASK = 'cron timeZone overlap catchUp paused nextAt lastRun { id } principal { username } workflow { name }';

  it('are listed, paused and resumed by those who may replace the workflow', async () => {
    const document = {
      name: 'nightly',
      steps: [value('a', 1)],
      schedule: { cron: '0 4 * * *', time_zone: 'Europe/Berlin' },
    };
    const save =
      'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { ... on Workflow { schedule { paused nextAt } } } }';
    const saved = await api.ask(save, { input: { source: { document } } }, ADMIN);
    const { nextAt } = saved.data.saveWorkflow.schedule;
    const change = async (mutation: string, token: string) => {
      const text = `mutation { ${mutation}(input: { name: "nightly" }) { ... on Schedule { ${ASK} } ... on Refusal { code message } } }`;
      return (await api.ask(text, {}, token)).data[mutation];
    };
    const nightly = { cron: '0 4 * * *', timeZone: 'Europe/Berlin', workflow: { name: 'nightly' }, lastRun: null };
    expect(await change('pauseSchedule', ALICE)).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('belongs to admin'),
    });
    expect(await change('pauseSchedule', ADMIN)).toMatchObject({ ...nightly, paused: true, nextAt: null });
    const started = await api.ask(
      'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } } }',
      { input: { source: { name: 'nightly' }, labels: { schedule: 'nightly' }, waitMs: 10_000 } },
      ADMIN,
    );
    const lastRun = { id: started.data.startRun.id };
    const list = await api.ask(`{ schedules { nodes { ${ASK} } totalCount } }`, {}, ADMIN);
    expect(list.data.schedules).toMatchObject({ nodes: [{ ...nightly, paused: true, lastRun }], totalCount: 1 });
    expect(await change('resumeSchedule', ADMIN)).toMatchObject({ paused: false, nextAt });
    expect((await api.ask('{ schedules { totalCount } }', {}, BOB)).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('the cost of what workflows added', () => {
  it('is counted by the pages that are asked for', async () => {
    const items = (first: number) =>
      `{ runs(first: ${first}) { nodes { steps { items(first: 50) { nodes { key } } } } } }`;
    expect((await api.ask(items(5))).errors).toBeUndefined();
    expect((await api.ask(items(100))).errors[0].extensions.code).toBe('TOO_COSTLY');
    const family =
      '{ runs(first: 50) { nodes { parent { id } rerunOf { id } children(first: 50) { nodes { id } } } } }';
    expect((await api.ask(family)).errors).toBeUndefined();
    const starts = Array.from(
      { length: 250 },
      (_, i) => `s${i}: startRun(input: { source: { name: "x" } }) { __typename }`,
    );
    expect((await api.ask(`mutation { ${starts.join(' ')} }`)).errors[0].extensions.code).toBe('TOO_COSTLY');
  });
});
