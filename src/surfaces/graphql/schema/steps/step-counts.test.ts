import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

const DOCUMENT = {
  name: 'counted',
  steps: [
    {
      id: 'each',
      kind: 'transform',
      for_each: ['x', 'y', { no: 'text' }],
      on_item_failure: 'collect',
      input: { data: '{{ item }}', expression: '$uppercase($)' },
    },
    { id: 'after', kind: 'transform', depends_on: ['each'], input: { data: 1, expression: '$' } },
  ],
};
const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
  ... on Run { id state error { message } } ... on Refusal { code message } } }`;
const RERUN = `mutation ($input: RerunFromInput!) { rerunFrom(input: $input) { ... on Run { id } ... on Refusal { code message } } }`;
const STEPS = `query ($id: ID!) { run(id: $id) {
  reruns { nodes { id rerunOf { id } } totalCount }
  steps { key itemCounts { state count } items(state: [FAILED, FAILED_FATAL]) { nodes { key } totalCount } }
} }`;

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

it('counts the steps of a list of runs with one read, and the items of a step by state', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const { data } = await api.ask(START, { input: { source: { document: DOCUMENT }, waitMs: 20_000 } }, ALICE);
    ids.unshift(data.startRun.id);
  }
  const read = vi.spyOn(api.store.reader, 'stepCounts');
  const list = '{ runs(first: 3) { nodes { id stepCounts { state count } } } }';
  const stepCounts = [{ state: 'SUCCEEDED', count: 2 }];
  expect((await api.ask(list, {}, ALICE)).data.runs.nodes).toEqual(ids.map((id) => ({ id, stepCounts })));
  expect(read).toHaveBeenCalledTimes(1);

  const again = await api.ask(RERUN, { input: { runId: ids[0], step: 'after' } }, ALICE);
  const { data, errors } = await api.ask(STEPS, { id: ids[0] }, ALICE);
  expect(errors).toBeUndefined();
  expect(data.run).toEqual({
    reruns: { nodes: [{ id: again.data.rerunFrom.id, rerunOf: { id: ids[0] } }], totalCount: 1 },
    steps: [
      {
        key: 'each',
        itemCounts: [
          { state: 'SUCCEEDED', count: 2 },
          { state: 'FAILED', count: 1 },
        ],
        items: { nodes: [{ key: 'each[2]' }], totalCount: 1 },
      },
      { key: 'after', itemCounts: [], items: { nodes: [], totalCount: 0 } },
    ],
  });
  expect((await api.ask(list, {}, BOB)).data.runs.nodes).toEqual([]);
});
