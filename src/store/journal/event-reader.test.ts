import { expect, it } from 'vitest';
import { log, runCreated } from '../../../test/support/store/sample-events.ts';
import { canonicalJson } from '../../lib/json.ts';
import { findStoredAppend } from './event-reader.ts';
import { planCommit } from './plan-commit.ts';

const runId = `run_${'0'.repeat(32)}`;
const append = { runId, expectedSeq: 1, events: [runCreated(), log('a', 'INFO', 'one'), log('b')] };
const base = { position: 10, head: () => undefined, runByIdempotencyKey: () => undefined, step: () => undefined };
const { events: rows } = planCommit([append], base, 'node');

it('finds the stored events of an append', () => {
  const found = findStoredAppend(append, rows);
  expect(found?.map(({ position, seq }) => [position, seq])).toEqual([
    [11, 1],
    [12, 2],
    [13, 3],
  ]);
  expect(canonicalJson(found?.map(({ payload }) => payload))).toBe(canonicalJson(append.events.map((e) => e.payload)));
});

it('does not mistake the events of another append for them', () => {
  const [first, second] = append.events;
  const others = [
    [first, second, log('c')],
    [first, log('a'), log('b')],
    [first, { ...log('a', 'INFO', 'one'), at: new Date(0) }, log('b')],
  ];
  for (const events of others) expect(findStoredAppend({ ...append, events } as typeof append, rows)).toBeUndefined();
  expect(findStoredAppend(append, rows.slice(0, 2))).toBeUndefined();
  expect(findStoredAppend({ ...append, expectedSeq: 2 }, rows)).toBeUndefined();
  expect(findStoredAppend(append, [])).toBeUndefined();
});
