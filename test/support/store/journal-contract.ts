import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { RunSnapshot } from '../../../src/core/run.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { applyEvent, createRunDraft, type NewRunDraft } from '../../../src/store/rows/run-draft.ts';
import type { StoreHarness } from './harness.ts';
import { artifactCreated, finished, log, plannedStep, runCreated, textOutput, user } from './sample-events.ts';

const scope = { tenant: 'default' };

/** What every journal promises of appends: invariants 1 to 7 of docs/journal.md. */
export function journalContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('appending', () => {
    let harness: StoreHarness;
    let store: Store;
    beforeAll(async () => {
      harness = await makeHarness();
    });
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(() => store.close());
    afterAll(() => harness.remove());

    const count = async (table: string) =>
      Number((await harness.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
    const begin = async (...more: NewEvent[]) => {
      const runId = newId('run');
      await store.journal.append(runId, 1, [runCreated(), ...more]);
      return runId;
    };

    it('is durable before it resolves, and before any reader sees it', async () => {
      const stop = new AbortController();
      const seenWhenRead: unknown[] = [];
      const reading = (async () => {
        const from = await store.journal.head();
        for await (const { events } of store.journal.read(from, {}, scope, { signal: stop.signal })) {
          for (const event of events) {
            seenWhenRead.push(await harness.query('SELECT hash FROM events WHERE position = ?', event.position));
          }
        }
      })();
      for (let n = 0; n < 5; n += 1) {
        const { events } = await store.journal.append(newId('run'), 1, [runCreated(), log('hello')]);
        expect(await harness.query('SELECT hash FROM events WHERE position = ?', events[1]?.position)).toEqual([
          { hash: events[1]?.hash },
        ]);
      }
      await expect.poll(() => seenWhenRead).toHaveLength(10);
      stop.abort();
      await reading;
      expect(seenWhenRead.every((rows) => (rows as unknown[]).length === 1)).toBe(true);
    });

    it('gives positions in commit order, without gaps, to many runs at once', async () => {
      const from = await store.journal.head();
      const appended = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          store.journal.append(newId('run'), 1, [runCreated(), ...Array.from({ length: n % 7 }, () => log('x'))]),
        ),
      );
      const positions = appended.flatMap(({ events }) => events.map((event) => event.position)).sort((a, b) => a - b);
      expect(positions).toEqual(Array.from(positions, (_, index) => from + 1 + index));
      expect(await store.journal.head()).toBe(positions.at(-1));
      for (const { events } of appended) {
        expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      }
    });

    it('fences a stale owner: its append fails and changes nothing', async () => {
      const runId = await begin();
      await store.journal.append(runId, 2, [log('from the owner')]);
      const before = [await count('events'), await store.reader.snapshot(scope, runId)];
      const takeover: NewEvent = {
        type: 'RUN_STATE_CHANGED',
        at: new Date(),
        payload: { from: 'PENDING', to: 'CANCELLED' },
      };
      for (const seq of [2, 4, 100]) {
        await expect(store.journal.append(runId, seq, [takeover])).rejects.toMatchObject({
          code: 'CONFLICT',
          details: { expectedSeq: seq, nextSeq: 3 },
        });
      }
      await expect(store.journal.append(runId, 1, [runCreated()])).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(store.journal.append(newId('run'), 2, [takeover])).rejects.toMatchObject({ code: 'CONFLICT' });
      expect([await count('events'), await store.reader.snapshot(scope, runId)]).toEqual(before);
    });

    it('lets exactly one of many owners append the same seq', async () => {
      const runId = await begin();
      const tries = await Promise.allSettled(
        Array.from({ length: 50 }, (_, n) => store.journal.append(runId, 2, [log(`owner ${n}`)])),
      );
      expect(tries.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      expect((await store.reader.run(scope, runId))?.seq).toBe(2);
    });

    it('accepts appends of one run in the order of the calls, without waiting in between', async () => {
      const runId = await begin();
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.journal.append(runId, n + 2, [log(`${n}`)])));
      expect((await store.reader.run(scope, runId))?.seq).toBe(101);
      expect((await store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('commits appends that arrive during a commit together, and a lone one without a timer', async () => {
      const stop = new AbortController();
      const batches: number[] = [];
      const from = await store.journal.head();
      const reading = (async () => {
        for await (const batch of store.journal.read(from, {}, scope, { signal: stop.signal })) {
          if (batch.events.length > 0) batches.push(batch.events.length);
        }
      })();
      vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
      try {
        await begin();
        await Promise.all(Array.from({ length: 200 }, () => store.journal.append(newId('run'), 1, [runCreated()])));
      } finally {
        vi.useRealTimers();
      }
      await expect.poll(() => batches.reduce((sum, size) => sum + size, 0)).toBe(201);
      stop.abort();
      await reading;
      // The first one, which found the writer idle, and the rest in as many commits as there are messages.
      expect(batches.length).toBeLessThanOrEqual(5);
    });

    it('makes callers beyond the limit of its queue wait, and serves them in order', async () => {
      const runId = await begin();
      let read = 0;
      const counted = (): NewEvent => {
        const event = log('counted');
        const payload = {
          ...event.payload,
          get text() {
            read += 1;
            return 'counted';
          },
        };
        return { ...event, payload } as NewEvent;
      };
      const unlock = await harness.lock();
      const appends = Array.from({ length: 6_000 }, (_, n) => store.journal.append(runId, n + 2, [counted()]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const taken = read;
      await unlock();
      await Promise.all(appends);
      // Each is read as often as it takes to write it down, but no caller's before it is its turn.
      expect(read % 6_000).toBe(0);
      expect(taken / (read / 6_000)).toBeLessThan(5_000);
      expect((await store.reader.run(scope, runId))?.seq).toBe(6_001);
    });

    it('assigns an idempotency key to one run, concurrently and after a restart', async () => {
      const opening = (more: Parameters<typeof runCreated>[0] = {}) => [
        runCreated({ idempotencyKey: 'order-17', ...more }),
      ];
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, () => store.journal.append(newId('run'), 1, opening())),
      );
      const won = tries.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      const runId = won[0]?.value.events[0]?.runId;
      const refusal = { code: 'CONFLICT', details: { runId } };
      for (const result of tries) if (result.status === 'rejected') expect(result.reason).toMatchObject(refusal);

      await store.close();
      store = await harness.open();
      await expect(store.journal.append(newId('run'), 1, opening())).rejects.toMatchObject(refusal);
      expect((await store.reader.runByIdempotencyKey('default', 'alice', 'order-17'))?.id).toBe(runId);
      // Another subject and another tenant have separate keys.
      await store.journal.append(newId('run'), 1, opening({ principal: user('default', 'bob') }));
      await store.journal.append(newId('run'), 1, opening({ principal: user('other', 'alice') }));
    });

    it('rejects only an append that cannot be recorded, and records the others', async () => {
      const taken = plannedStep('one');
      await store.journal.append(newId('run'), 1, [runCreated({ steps: [taken] })]);
      const neighbors = [newId('run'), newId('run'), newId('run')] as const;
      const results = await Promise.allSettled([
        store.journal.append(neighbors[0], 1, [runCreated()]),
        store.journal.append(newId('run'), 1, [runCreated({ idempotencyKey: 'poison' }), log('lone \ud800 surrogate')]),
        store.journal.append(neighbors[1], 1, [runCreated({ idempotencyKey: 'poison' })]),
        store.journal.append(newId('run'), 1, [runCreated({ steps: [taken] })]),
        store.journal.append(newId('run'), 1, [runCreated({ principal: null as never })]),
        store.journal.append(neighbors[2], 1, [runCreated(), log('nul \u0000, quote ", 𝄞, \u2028')]),
      ]);
      expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : 'ok'))).toEqual([
        'ok',
        'BAD_INPUT',
        'ok',
        'CONFLICT',
        'INTERNAL',
        'ok',
      ]);
      for (const runId of neighbors) expect((await store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('rejects events that cannot start or continue a run', async () => {
      const runId = await begin();
      const wrong: [string, number, NewEvent[]][] = [
        ['run_1', 1, [runCreated()]],
        [newId('run'), 1, [log('not the beginning')]],
        [newId('run'), 1, []],
        [newId('run'), 0, [runCreated()]],
        [newId('run'), 1, [runCreated(), runCreated()]],
        [runId, 2, [runCreated()]],
        [runId, 2, [{ ...log('when?'), at: new Date(Number.NaN) } as NewEvent]],
      ];
      for (const append of wrong)
        await expect(store.journal.append(...append)).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it('keeps the tables the fold of the events', async () => {
      const [a, b] = [plannedStep('a'), plannedStep('b')];
      const at = new Date('2026-11-20T10:00:00.123Z');
      const opening = runCreated({ steps: [a, b], labels: { team: 'rail', n: 1 }, goal: 'Report', workflow: 'w' }, at);
      const later: NewEvent[][] = [
        [{ type: 'STEP_STATE_CHANGED', at, step: 'a', payload: { from: 'PENDING', to: 'RUNNING', attempt: 1 } }],
        [{ type: 'STEP_PROGRESS', at, step: 'a', payload: { percent: 40, memo: 'half' } }, log('hm', 'WARN', 'a')],
        [artifactCreated('a,b', 'a'), ...finished(textOutput('done'), 'a')],
        [
          {
            type: 'STEP_STATE_CHANGED',
            at,
            step: 'b',
            payload: {
              from: 'PENDING',
              to: 'FAILED',
              attempt: 2,
              error: { code: 'TIMEOUT', message: 'too slow', retryable: true },
            },
          },
        ],
      ];
      const runId = newId('run');
      const stored = [...(await store.journal.append(runId, 1, [opening])).events];
      for (const events of later) stored.push(...(await store.journal.append(runId, stored.length + 1, events)).events);

      const snapshot = (await store.reader.snapshot(scope, runId)) as RunSnapshot;
      const folded = createRunDraft(runId, opening, user()) as NewRunDraft;
      for (const event of stored) applyEvent(folded, event, event.seq, (key) => folded.steps.get(key));
      const head = stored.at(-1);
      expect(snapshot).toEqual({
        run: { ...folded.run, seq: stored.length, headPosition: head?.position, headHash: head?.hash },
        steps: [...folded.steps.values()],
      });
      expect(await store.verifyRun(scope, runId)).toEqual({
        valid: true,
        events: stored.length,
        headHash: head?.hash,
        problems: [],
      });
    });

    it('fails with UNAVAILABLE while the store cannot be written, and recovers without intervention', async () => {
      const runId = await begin();
      const events = await count('events');
      const unlock = await harness.lock();
      const tries = await Promise.allSettled([
        store.journal.append(runId, 2, [log('a')]),
        store.journal.append(newId('run'), 1, [runCreated()]),
      ]);
      expect(await count('events')).toBe(events);
      await unlock();
      for (const result of tries) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryAfterMs: 1_000 } });
      }
      await store.journal.append(runId, 2, [log('b')]);
      expect((await store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('makes earlier appends durable when it closes, and accepts none afterwards', async () => {
      const from = await count('runs');
      const appends = Promise.all(
        Array.from({ length: 50 }, () => store.journal.append(newId('run'), 1, [runCreated()])),
      );
      const closing = store.close();
      await expect(store.journal.append(newId('run'), 1, [runCreated()])).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
      await Promise.all([appends, closing]);
      expect(await count('runs')).toBe(from + 50);
      store = await harness.open();
    });
  });
}
