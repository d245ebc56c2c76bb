import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventPayloads, NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { log, runCreated } from './sample-events.ts';

const scope = { tenant: 'default' };
const at = new Date('2026-11-20T10:00:00.123Z');
const failure = { code: 'TIMEOUT', message: 'too slow', retryable: true } as const;

/** What every store promises of tool calls: they are the fold of their events, as the other tables are. */
export function toolCallContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('tool calls', () => {
    const suite = useStore(makeHarness);

    const append = async (runId: string, seq: number, ...events: NewEvent[]) => {
      await suite.store.journal.append(runId, seq, events);
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, problems: [] });
    };
    const callsOf = (runId: string, step = 'one') => suite.store.reader.toolCalls(scope, runId, step);
    const count = async (runId: string) =>
      (await suite.harness.query('SELECT 1 FROM tool_calls WHERE run_id = ?', runId)).length;

    it('exist while they run, and have their result afterwards', async () => {
      const runId = newId('run');
      const begun = {
        id: 'b',
        runId,
        step: 'one',
        tool: 'web.search',
        arguments: { query: 'nul \u0000' },
        seq: 2,
        calledAt: at,
      };
      await append(runId, 1, runCreated(), called('b', begun.arguments), called('a'));
      expect(await callsOf(runId)).toEqual([begun, { ...begun, id: 'a', arguments: {}, seq: 3 }]);
      await append(runId, 4, returned('b', { result: null }), returned('a', { error: failure }));
      const [first, second] = await callsOf(runId);
      expect(first).toEqual({ ...begun, result: null, durationMs: 1.5 });
      expect(second).toMatchObject({ error: failure, durationMs: 1.5 });
      expect(second).not.toHaveProperty('result');
      expect(await suite.store.reader.toolCall(scope, runId, 'b')).toEqual(first);
    });

    it('are in the order of their start, separately for each step and run', async () => {
      const [runId, other] = [newId('run'), newId('run')];
      await append(
        runId,
        1,
        runCreated(),
        called('z'),
        called('y', {}, 'two'),
        called('x'),
        returned('z', { result: 1 }),
      );
      await append(other, 1, runCreated(), called('z'));
      expect((await callsOf(runId)).map(({ id, result }) => [id, result])).toEqual([
        ['z', 1],
        ['x', undefined],
      ]);
      expect((await callsOf(runId, 'two')).map(({ id }) => id)).toEqual(['y']);
      expect((await callsOf(other)).map(({ id, result }) => [id, result])).toEqual([['z', undefined]]);
    });

    it('are listed up to the newest 1,000 of a step', async () => {
      const runId = newId('run');
      await append(runId, 1, runCreated(), ...Array.from({ length: 1_003 }, (_, n) => called(`${n}`)));
      const ids = (await callsOf(runId)).map(({ id }) => id);
      expect(ids).toEqual(Array.from({ length: 1_000 }, (_, n) => `${n + 3}`));
    });

    it('are invisible outside their scope', async () => {
      const runId = newId('run');
      await append(runId, 1, runCreated(), called('a'));
      expect(await suite.store.reader.toolCalls({ tenant: 'default', subject: 'alice' }, runId, 'one')).toHaveLength(1);
      for (const elsewhere of [{ tenant: 'other' }, { tenant: 'default', subject: 'bob' }]) {
        expect(await suite.store.reader.toolCalls(elsewhere, runId, 'one')).toEqual([]);
        expect(await suite.store.reader.toolCall(elsewhere, runId, 'a')).toBeUndefined();
      }
    });

    it('are the fold of their events, in whatever order and groups these arrive', async () => {
      const ids = fc.constantFrom('a', 'b', 'c');
      const event = fc.oneof(
        ids.map((id) => called(id, { n: 1 })),
        fc.tuple(ids, fc.boolean()).map(([id, ok]) => returned(id, ok ? { result: { id } } : { error: failure })),
      );
      const groups = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(groups, async ([first = [], ...later]) => {
          const runId = newId('run');
          await suite.store.journal.append(runId, 1, [runCreated(), ...first]);
          let seq = first.length + 2;
          for (const events of later) {
            await suite.store.journal.append(runId, seq, events);
            seq += events.length;
          }
          const begun = [first, ...later]
            .flat()
            .flatMap(({ type, payload }) => (type === 'TOOL_CALLED' ? payload.call.id : []));
          expect(await count(runId)).toBe(new Set(begun).size);
          expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, problems: [] });
        }),
        { numRuns: 25 },
      );
    });

    const changes: [string, string][] = [
      ['a changed result', `UPDATE tool_calls SET result = '"better"' WHERE run_id = ?`],
      ['changed arguments', `UPDATE tool_calls SET arguments = '{}' WHERE run_id = ?`],
      ['another tool', `UPDATE tool_calls SET tool = 'repo.git.push' WHERE run_id = ?`],
      ['a deleted call', 'DELETE FROM tool_calls WHERE run_id = ?'],
    ];
    it.each(changes)('are verified together with their run, which finds %s', async (_, sql) => {
      const runId = newId('run');
      await append(runId, 1, runCreated(), called('a', { query: 'x' }), returned('a', { result: 'good' }));
      await suite.harness.tamper(sql, runId);
      const found = await suite.store.verifyRun(scope, runId);
      expect(found).toMatchObject({ valid: false, firstInvalidSeq: 3 });
      expect(found?.problems[0]).toContain('tool_calls');
    });

    it('and what agents say are read from the journal as they were written', async () => {
      const runId = newId('run');
      const wanted = [{ id: 'toolu_1', tool: 'web.search', arguments: { query: 'x' } }];
      const said: NewEvent[] = [
        { type: 'AGENT_MESSAGE', at, step: 'one', payload: { role: 'user', text: 'Find x.' } },
        { type: 'AGENT_DELTA', at, step: 'one', payload: { text: 'I look' } },
        { type: 'AGENT_MESSAGE', at, step: 'one', payload: { role: 'assistant', text: 'I look.', calls: wanted } },
        called('a', { query: 'x' }),
        returned('a', { result: [1, 2] }),
        { type: 'NOTIFICATION', at, step: 'one', payload: { level: 'WARN', message: 'found' } },
      ];
      await append(runId, 1, runCreated(), log('hidden', 'DEBUG'), ...said);
      const types = [...new Set(said.map(({ type }) => type))];
      const { events } = await suite.store.journal.page(0, { runId, types }, scope, 100);
      expect(events).toMatchObject(said);
      const leveled = await suite.store.journal.page(0, { runId, level: 'ERROR' }, scope, 100);
      expect(leveled.events.map(({ type }) => type)).toEqual(['RUN_CREATED', ...said.map(({ type }) => type)]);
    });
  });
}

function called(id: string, given: JsonObject = {}, step = 'one'): NewEvent {
  return { type: 'TOOL_CALLED', at, step, payload: { call: { id, tool: 'web.search', arguments: given } } };
}

function returned(id: string, what: Pick<EventPayloads['TOOL_RETURNED']['call'], 'result' | 'error'>): NewEvent {
  return {
    type: 'TOOL_RETURNED',
    at,
    step: 'one',
    payload: { call: { id, tool: 'web.search', ...what, durationMs: 1.5 } },
  };
}
