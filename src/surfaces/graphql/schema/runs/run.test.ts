import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CSV_INPUT, convertToJson } from '../../../../../test/support/surfaces/convert-to-json.ts';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
  api.tokens.set('carol-token', {
    kind: 'user',
    subject: 'usr_carol',
    username: 'carol',
    tenant: 'other',
    roles: ['admin'],
  });
});
afterAll(() => api.close());

describe('runs', () => {
  it('are found again by id, in lists and as nodes, with their steps and events', async () => {
    await convertToJson(api);
    const { run } = await convertToJson(api);
    const { data, errors } = await api.ask(
      `query ($id: ID!, $step: ID!) {
        run(id: $id) { id state step(key: "convertToJson") { id run { id } logs { events { seq } } } events { caughtUp events { __typename seq runId hash } } artifacts { nodes { id } } durationMs }
        node(id: $step) { __typename id ... on Step { key title kind durationMs maxAttempts } }
        nodes(ids: [$id, "run_nothing", "x"]) { __typename id }
        runs(first: 1, filter: { kind: [COMMAND], state: [SUCCEEDED] }) { nodes { id } pageInfo { hasNextPage endCursor } totalCount }
        verifyRun(id: $id) { valid events headHash firstInvalidSeq problems }
      }`,
      { id: run.id, step: run.steps[0].id },
    );
    expect(errors).toBeUndefined();
    expect(data.run).toMatchObject({ id: run.id, step: { id: run.steps[0].id, run: { id: run.id } } });
    expect(data.run.events.events.map((e: { seq: number }) => e.seq)).toEqual(
      data.run.events.events.map((_: unknown, i: number) => i + 1),
    );
    expect(data.run.events.events[0].__typename).toBe('RunCreated');
    expect(data.node).toMatchObject({ __typename: 'Step', key: 'convertToJson' });
    expect(data.nodes).toEqual([{ __typename: 'Run', id: run.id }, null, null]);
    expect(data.runs.nodes).toHaveLength(1);
    expect(data.verifyRun).toMatchObject({ valid: true, events: data.run.events.events.length, problems: [] });
    const next = await api.ask(
      'query ($a: String!) { runs(first: 1, after: $a) { nodes { id } pageInfo { hasPreviousPage } } }',
      {
        a: data.runs.pageInfo.endCursor,
      },
    );
    expect(next.data.runs.nodes[0].id).not.toBe(data.runs.nodes[0].id);
  });

  it('of others, and of other tenants, are as if they were not there', async () => {
    const { run } = await convertToJson(api, CSV_INPUT, ALICE);
    const query = `query ($id: ID!, $step: ID!) { run(id: $id) { id } node(id: $step) { id } events(filter: { runId: $id }) { events { seq } } verifyRun(id: $id) { valid } }`;
    const ask = (token: string) => api.ask(query, { id: run.id, step: run.steps[0].id }, token);
    const [own, admin, bob, carol] = await Promise.all([ask(ALICE), ask(ADMIN), ask(BOB), ask('carol-token')]);
    expect(own.data.run.id).toBe(run.id);
    expect(admin.data.run.id).toBe(run.id);
    for (const other of [bob, carol]) {
      expect(other.errors.map((e: { path: string[]; extensions: object }) => [e.path, e.extensions])).toEqual([
        [['verifyRun'], { code: 'NOT_FOUND', input: ['id'] }],
      ]);
      expect(other.data).toBeNull();
      const rest = await api.ask(
        query.replace(/verifyRun.*/, '}'),
        { id: run.id, step: run.steps[0].id },
        other === bob ? BOB : 'carol-token',
      );
      expect(rest.data).toEqual({ run: null, node: null, events: { events: [] } });
    }
  });

  it('give their events from the newest, page by page, of a type and a step', async () => {
    const id = await api.appendRun(5, { username: 'alice' });
    const document = `query ($id: ID!, $before: Cursor) { run(id: $id) {
      events(filter: { types: [LOG], steps: ["fetch"] }, last: 2, before: $before) {
        startCursor cursor caughtUp events { ... on LogLine { seq } }
      } } }`;
    const all = await api.ask(
      'query ($id: ID!) { run(id: $id) { events(filter: { types: [LOG] }) { events { seq } } } }',
      { id },
      ALICE,
    );
    const seqs: number[] = all.data.run.events.events.map(({ seq }: { seq: number }) => seq);
    const pages: number[][] = [];
    for (let before: string | null | undefined; before !== null; ) {
      const { data } = await api.ask(document, { id, before }, ALICE);
      const { events, startCursor } = data.run.events;
      pages.push(events.map(({ seq }: { seq: number }) => seq));
      before = startCursor;
    }
    expect(pages).toEqual([seqs.slice(3), seqs.slice(1, 3), seqs.slice(0, 1)]);
    const wrong = await api.ask(`{ run(id: "${id}") { events(before: "c1.MQ") { cursor } } }`, {}, ALICE);
    expect(wrong.errors[0].extensions).toMatchObject({ code: 'BAD_INPUT', input: ['before'] });
  });

  it('refuse pages that are too large, negative or ask for both ends', async () => {
    for (const args of ['first: 101', 'first: -1', 'last: 101', 'first: 1, last: 1', 'after: "nonsense"']) {
      const { errors } = await api.ask(`{ runs(${args}) { nodes { id } } }`);
      expect(errors[0].extensions.code, args).toBe('BAD_INPUT');
    }
    const cursor = await api.ask('{ events(after: "nonsense") { cursor } }');
    expect([cursor.status, cursor.errors[0].extensions.code]).toEqual([422, 'BAD_INPUT']);
  });
});
