import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertToJson } from '../../../../../test/support/surfaces/convert-to-json.ts';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

const STATS = `query ($filter: RunFilter, $from: DateTime!, $to: DateTime!, $buckets: Int) {
  runStats(filter: $filter, from: $from, to: $to, buckets: $buckets) {
    total p50Ms p95Ms byState { state count } buckets { at byState { state count } }
  }
}`;
const csv = (text: string) => ({ source: { text: { text, mediaType: 'text/csv' } } });

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

it('counts what the caller may see and the filter matches, as the list does', async () => {
  const began = Date.now();
  const { run: good } = await convertToJson(api, csv('name\nLamp c:\\d'), ALICE);
  const { run: failed } = await convertToJson(
    api,
    { source: { uri: 'data:application/octet-stream;base64,AP8=' } },
    ALICE,
  );
  expect([good.state, failed.state]).toEqual(['SUCCEEDED', 'FAILED']);
  const range = { from: new Date(began - 1_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() };
  const ask = async (filter: object, token = ALICE, buckets?: number) => {
    const { data, errors } = await api.ask(STATS, { filter, ...range, ...(buckets && { buckets }) }, token);
    expect(errors).toBeUndefined();
    return data.runStats;
  };
  const all = await ask({}, ALICE, 4);
  expect(all).toMatchObject({
    ...{ total: 2, p50Ms: expect.any(Number), p95Ms: expect.any(Number) },
    byState: [
      { state: 'SUCCEEDED', count: 1 },
      { state: 'FAILED', count: 1 },
    ],
  });
  expect(all.buckets).toHaveLength(4);
  expect(all.buckets[0]).toEqual({ at: range.from, byState: all.byState });
  expect((await ask({})).buckets).toHaveLength(48);
  expect(await ask({}, BOB)).toMatchObject({ total: 0, byState: [], p50Ms: null, p95Ms: null });
  expect((await ask({}, ADMIN)).total).toBe(2);

  const list = async (filter: object) => {
    const { data } = await api.ask('query ($f: RunFilter) { runs(filter: $f) { nodes { id } } }', { f: filter }, ALICE);
    return data.runs.nodes.map(({ id }: { id: string }) => id);
  };
  const cases: [object, string[]][] = [
    [{ q: 'c:\\D NAME' }, [good.id]],
    [{ q: 'lamp unknown' }, []],
    [{ errorCode: [failed.error.code] }, [failed.id]],
    [{ roots: true }, [failed.id, good.id]],
    [{ schedule: 'nightly' }, []],
    [{ rerunOf: good.id }, []],
    [{ longerThanMs: 3_600_000 }, []],
  ];
  for (const [filter, expected] of cases) {
    expect([filter, await list(filter), (await ask(filter)).total]).toEqual([filter, expected, expected.length]);
  }
});

it('refuses an empty time, too many parts and too many words', async () => {
  const at = '2026-01-01T00:00:00.000Z';
  const later = '2026-01-02T00:00:00.000Z';
  const refusals = [
    [{ from: at, to: at }, ['from']],
    [{ from: later, to: at }, ['from']],
    [{ from: at, to: later, buckets: 301 }, ['buckets']],
    [{ from: at, to: later, buckets: 0 }, ['buckets']],
    [{ from: at, to: later, filter: { q: 'a b c d e f g h i' } }, ['filter', 'q']],
    [{ from: at, to: later, filter: { longerThanMs: -5 } }, ['filter', 'longerThanMs']],
  ] as const;
  for (const [variables, input] of refusals) {
    const { errors } = await api.ask(STATS, variables);
    expect([variables, errors[0].extensions]).toEqual([variables, { code: 'BAD_INPUT', input }]);
  }
});
