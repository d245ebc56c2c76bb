import { expect, it } from 'vitest';
import { log, plannedStep, runCreated, user } from '../../../test/support/store/sample-events.ts';
import { newId } from '../../core/ids.ts';
import { type CommitBase, planCommit } from './plan-commit.ts';

const empty: CommitBase = {
  position: 100,
  head: () => undefined,
  runByIdempotencyKey: () => undefined,
  step: () => undefined,
};
const node = newId('node');
const [a, b, c] = [newId('run'), newId('run'), newId('run')];

it('folds all events of a run in a group into one row, and numbers positions consecutively', () => {
  const step = plannedStep('one');
  const {
    outcomes: results,
    runs,
    events,
  } = planCommit(
    [
      { runId: a, expectedSeq: 1, events: [runCreated({ steps: [step] })] },
      { runId: b, expectedSeq: 1, events: [runCreated(), log('x')] },
      {
        runId: a,
        expectedSeq: 2,
        events: [
          { type: 'STEP_PROGRESS', at: new Date(7), step: 'one', payload: { percent: 50 } },
          { type: 'STEP_PROGRESS', at: new Date(8), step: 'not in the plan', payload: { percent: 1 } },
        ],
      },
    ],
    empty,
    node,
  );
  expect(results).toMatchObject([{ first: 101 }, { first: 102 }, { first: 104 }]);
  expect(events.map(({ position, seq }) => [position, seq])).toEqual([
    [101, 1],
    [102, 1],
    [103, 2],
    [104, 2],
    [105, 3],
  ]);
  expect(events[3]?.prevHash).toBe(events[0]?.hash);
  const drafts = [...runs];
  expect(drafts.map(({ run, isNew }) => [run.id, run.seq, run.headPosition, isNew])).toEqual([
    [a, 3, 105, true],
    [b, 2, 103, true],
  ]);
  expect([...(drafts[0]?.steps.values() ?? [])]).toMatchObject([{ key: 'one', progress: { percent: 50 } }]);
});

it('rejects a second run with the same key; a rejected run does not hold a key', () => {
  const keyed = (tenant = 'default') => runCreated({ idempotencyKey: 'k', principal: user(tenant) });
  const { outcomes: results, events } = planCommit(
    [
      { runId: a, expectedSeq: 1, events: [keyed(), log('\ud800')] },
      { runId: b, expectedSeq: 1, events: [keyed()] },
      { runId: c, expectedSeq: 1, events: [keyed()] },
      { runId: c, expectedSeq: 1, events: [keyed('other')] },
      { runId: a, expectedSeq: 2, events: [log('never began')] },
    ],
    empty,
    node,
  );
  expect(results).toMatchObject([
    { code: 'BAD_INPUT' },
    { first: 101 },
    { code: 'CONFLICT', details: { runId: b } },
    { first: 102 },
    { code: 'CONFLICT', details: { nextSeq: 1 } },
  ]);
  expect(events.map(({ runId }) => runId)).toEqual([b, c]);
});

it('continues from the state of the store', () => {
  const hash = 'e'.repeat(64);
  const whose = { tenant: 't', subject: 's', workflow: 'nightly', parentId: null };
  const head = { seq: 8, hash, ...whose, owner: node, state: 'RUNNING' as const };
  const base: CommitBase = {
    ...empty,
    position: 5,
    head: (id) => (id === a ? head : undefined),
    runByIdempotencyKey: () => c,
  };
  const { outcomes: results, runs } = planCommit(
    [
      { runId: a, expectedSeq: 9, events: [log('x')] },
      { runId: b, expectedSeq: 1, events: [runCreated({ idempotencyKey: 'k' })] },
    ],
    base,
    node,
  );
  expect(results).toMatchObject([
    { first: 6, prevHash: hash, tenant: 't', subject: 's', workflow: 'nightly' },
    { code: 'CONFLICT', details: { runId: c } },
  ]);
  expect([...runs]).toMatchObject([{ isNew: false, run: { id: a, seq: 9, headPosition: 6 } }]);
});

it('rejects an append to a run that another node drives, and for each end writes a leaf and wakes the parent', () => {
  const hash = 'e'.repeat(64);
  const whose = { tenant: 't', subject: 's', workflow: undefined, parentId: 'run_parent' };
  const head = { seq: 1, hash, ...whose, state: 'RUNNING' as const };
  const base: CommitBase = {
    ...empty,
    head: (id) => (id === a ? { ...head, owner: node } : id === b ? { ...head, owner: 'node_other' } : undefined),
  };
  const end = (to: 'SUCCEEDED' | 'RUNNING') =>
    ({ type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from: 'RUNNING', to } }) as const;
  const {
    outcomes: results,
    leaves,
    parentIds,
  } = planCommit(
    [
      { runId: b, expectedSeq: 2, events: [end('SUCCEEDED')] },
      { runId: a, expectedSeq: 2, events: [log('x'), end('SUCCEEDED')] },
      { runId: a, expectedSeq: 4, events: [end('RUNNING')] },
      { runId: a, expectedSeq: 5, events: [end('SUCCEEDED')] },
      { runId: c, expectedSeq: 1, events: [runCreated()] },
    ],
    base,
    node,
  );
  expect(results).toMatchObject([
    { code: 'CONFLICT', details: { owner: 'node_other' } },
    { first: 101 },
    { first: 103 },
    { first: 104 },
    { first: 105 },
  ]);
  expect(leaves.map(({ runId, position, seq }) => [runId, position, seq])).toEqual([
    [a, 102, 3],
    [a, 104, 5],
  ]);
  expect(parentIds).toEqual(['run_parent', 'run_parent']);
});
