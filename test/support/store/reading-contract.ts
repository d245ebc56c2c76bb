import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { EventBatch, EventFilter } from '../../../src/core/journal.ts';
import type { Scope } from '../../../src/core/principal.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { artifactCreated, finished, log, runCreated, textOutput, user } from './sample-events.ts';

const scope = { tenant: 'default' };
const never = new AbortController().signal;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** What every journal promises of reads: from any cursor, in order, without gaps or repeats. */
export function readingContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('reading', () => {
    const suite = useStore(makeHarness);

    const begin = async (...more: NewEvent[]) => {
      const runId = newId('run');
      await suite.store.journal.append(runId, 1, [runCreated(), ...more]);
      return runId;
    };
    const take = async (from: number, filter: EventFilter, limit?: number): Promise<EventBatch> => {
      const batches = suite.store.journal.read(from, filter, scope, { signal: never, ...(limit && { limit }) });
      const { value } = await batches.next();
      await batches.return?.();
      return value;
    };

    it('reports once that a reader has caught up, and then wakes it only for events it sees', async () => {
      const runId = await begin();
      const head = await suite.store.journal.head();
      const batches = suite.store.journal.read(head, { runId }, scope, { signal: never });
      expect((await batches.next()).value).toEqual({ events: [], position: head, caughtUp: true });
      const next = batches.next();
      await begin(log('not of this run'));
      const { events } = await suite.store.journal.append(runId, 2, [log('of this run')]);
      expect((await next).value).toEqual({ events, position: events[0]?.position, caughtUp: true });
      await batches.return?.();
    });

    it('returns the same events live and from the store', async () => {
      const from = await suite.store.journal.head();
      const live = suite.store.journal.read(from, {}, scope, { signal: never });
      await live.next();
      const next = live.next();
      await begin(log('text \u0000 "𝄞"'), artifactCreated('x'), ...finished(textOutput('out')));
      const { events } = (await next).value as EventBatch;
      await live.return?.();
      await suite.store.close();
      await suite.reopen();
      expect((await take(from, {})).events).toEqual(events);
    });

    it('shares one batch among readers with the same view and position', async () => {
      const head = await suite.store.journal.head();
      const filters: EventFilter[] = [{ types: ['LOG', 'RUN_CREATED'] }, { types: ['RUN_CREATED', 'LOG'] }, {}];
      const readers = filters.map((filter) => suite.store.journal.read(head, filter, scope, { signal: never }));
      for (const reader of readers) await reader.next();
      const waiting = readers.map((reader) => reader.next());
      await begin(log('shared'));
      const [a, b, c] = (await Promise.all(waiting)).map(({ value }) => value);
      expect(a).toBe(b);
      expect(a).not.toBe(c);
      expect(await take(head, filters[0] as EventFilter)).toBe(a);
      for (const reader of readers) await reader.return?.();
    });

    it('ends at once when it is aborted, returns, or the journal closes, even while it waits', async () => {
      const own = await makeHarness();
      const other = await own.open();
      const stop = new AbortController();
      const done = { done: true, value: undefined };
      const aborted = other.journal.read(0, {}, scope, { signal: stop.signal });
      const returned = other.journal.read(0, {}, scope, { signal: never });
      const closed = other.journal.read(0, {}, scope, { signal: never });
      for (const reader of [aborted, returned, closed]) await reader.next();
      const waiting = [aborted.next(), returned.next(), closed.next()];
      stop.abort();
      expect(await waiting[0]).toEqual(done);
      expect(await returned.return?.()).toEqual(done);
      expect(await waiting[1]).toEqual(done);
      await other.close();
      expect(await waiting[2]).toEqual(done);
      for (const reader of [aborted, returned, closed]) expect(await reader.next()).toEqual(done);
      expect(await other.journal.read(0, {}, scope, { signal: stop.signal }).next()).toEqual(done);
      await own.remove();
    });

    it('answers several next() calls in order', async () => {
      const from = await suite.store.journal.head();
      await begin(log('1'), log('2'), log('3'));
      const batches = suite.store.journal.read(from, {}, scope, { signal: never, limit: 1 });
      const four = await Promise.all([batches.next(), batches.next(), batches.next(), batches.next()]);
      expect(four.map(({ value }) => value?.events[0]?.seq)).toEqual([1, 2, 3, 4]);
      expect(four.map(({ value }) => value?.caughtUp)).toEqual([false, false, false, true]);
      await batches.return?.();
    });

    it('rejects a cursor of another journal, and a batch size out of bounds', async () => {
      const head = await suite.store.journal.head();
      for (const position of [head + 1, -1, 0.5, Number.NaN]) {
        const reading = async () => suite.store.journal.read(position, {}, scope, { signal: never }).next();
        await expect(reading()).rejects.toThrow('not from this journal');
        await expect(suite.store.journal.page(position, {}, scope, 10)).rejects.toMatchObject({ code: 'BAD_INPUT' });
      }
      for (const limit of [0, 1_001, 1.5]) {
        await expect(suite.store.journal.page(head, {}, scope, limit)).rejects.toMatchObject({ code: 'BAD_INPUT' });
      }
    });

    it('returns all events of one run from a cursor of another', async () => {
      await begin(log('before'));
      const from = await suite.store.journal.head();
      await begin(log('between'));
      const runId = await begin(log('2'), log('3'));
      await begin(log('after'));
      await suite.store.close();
      await suite.reopen();
      const whole = await take(from, { runId });
      expect(whole.events.map((event) => [event.runId, event.seq])).toEqual([1, 2, 3].map((seq) => [runId, seq]));
      const rest = await take(whole.events[0]?.position ?? 0, { runId }, 1);
      expect([rest.events.map((event) => event.seq), rest.caughtUp]).toEqual([[2], false]);
    });

    it('moves a reader past many events that its filter excludes', async () => {
      const from = await suite.store.journal.head();
      const runId = await begin();
      for (let n = 0; n < 10; n += 1) {
        await suite.store.journal.append(
          runId,
          2 + n * 500,
          Array.from({ length: 500 }, () => log('noise', 'DEBUG')),
        );
      }
      const { events } = await suite.store.journal.append(runId, 5_002, [log('signal', 'ERROR')]);
      await suite.store.close();
      await suite.reopen();
      const filter: EventFilter = { types: ['LOG'], level: 'ERROR' };
      for (const view of [filter, { ...filter, runId }, { ...filter, steps: [] }, { ...filter, workflow: 'none' }]) {
        const batch = await take(from, view);
        const seen = view === filter || 'runId' in view ? events : [];
        expect(batch).toEqual({ events: seen, position: events[0]?.position, caughtUp: true });
        expect(await suite.store.journal.page(from, view, scope, 10)).toEqual(batch);
      }
    });

    it('loses nothing while a reader is idle, and keeps nothing for it', async () => {
      const from = await suite.store.journal.head();
      const reader = suite.store.journal.read(from, {}, scope, { signal: never, limit: 1_000 });
      await reader.next();
      const runId = await begin();
      const texts = (n: number) => Array.from({ length: 600 }, (_, index) => log(`${n * 600 + index}`));
      await Promise.all(Array.from({ length: 25 }, (_, n) => suite.store.journal.append(runId, 2 + n * 600, texts(n))));
      const seqs: number[] = [];
      for await (const { events, caughtUp } of reader) {
        seqs.push(...events.map((event) => event.seq));
        if (caughtUp) break;
      }
      expect(seqs).toEqual(Array.from({ length: 15_001 }, (_, index) => index + 1));
    });

    it('returns to every reader exactly what it may see, wherever and whenever it joins', async () => {
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat()), async (random) => {
          const pick = <T>(values: readonly T[]) => values[(random.next().value ?? 0) % values.length] as T;
          const start = await suite.store.journal.head();
          const stop = new AbortController();
          const readings: FollowedJournal[] = [];
          const join = (from: number) => readings.push(followJournal(suite.store, from, pick, stop.signal));

          const writeRun = async (live: boolean) => {
            const runId = newId('run');
            const principal = user(pick(['default', 'other']), pick(['alice', 'bob']));
            const workflow = pick(['nightly', 'weekly', undefined]);
            let seq = 1;
            const append = async (...events: NewEvent[]) => {
              await suite.store.journal.append(runId, seq, events);
              seq += events.length;
            };
            await append(runCreated({ principal, ...(workflow !== undefined && { workflow }) }));
            for (let n = pick([1, 3, 8]); n > 0; n -= 1) {
              const line = () => log('x', pick(LEVELS), pick(['one', undefined]));
              const lines = Array.from({ length: pick([1, 2, 40]) }, line);
              await append(...lines, ...(pick([true, false]) ? [artifactCreated('y')] : []));
              if (pick([true, false])) await nextTurn();
              if (live && pick([true, false, false])) join(pick([start, await suite.store.journal.head()]));
            }
            await append(...finished(textOutput('end')));
          };
          // Events before the restart are read from the store, later ones are delivered live.
          await Promise.all(Array.from({ length: 6 }, () => writeRun(false)));
          await suite.store.close();
          await suite.reopen();
          for (let n = 0; n < 4; n += 1) join(start);
          await Promise.all(Array.from({ length: 10 }, () => writeRun(true)));

          const all = await readAllEvents(suite.store, start);
          for (const { from, filter, view, seen, batches } of readings) {
            const expected = all.filter((event) => event.position > from && isVisible(event, filter, view, all));
            await expect.poll(() => seen.length).toBeGreaterThanOrEqual(expected.length);
            expect(seen).toEqual(expected.map((event) => event.position));
            await expect.poll(() => batches.some(({ caughtUp }) => caughtUp)).toBe(true);
          }
          await nextTurn();
          stop.abort();
          for (const { done, batches } of readings) {
            await done;
            // One batch may be empty: the one that reports that it has caught up.
            expect(batches.filter(({ events }) => events.length === 0).length).toBeLessThanOrEqual(1);
            expect(batches.every(({ events, position }) => position >= (events.at(-1)?.position ?? 0))).toBe(true);
          }
        }),
        { numRuns: 10 },
      );
    });
  });
}

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

interface FollowedJournal {
  readonly from: number;
  readonly filter: EventFilter;
  readonly view: Scope;
  readonly seen: number[];
  readonly batches: EventBatch[];
  readonly done: Promise<void>;
}

/** A reader with some scope, filter, limit and pace. */
function followJournal(
  store: Store,
  from: number,
  pick: <T>(of: readonly T[]) => T,
  signal: AbortSignal,
): FollowedJournal {
  const subject = pick(['alice', 'bob', undefined]);
  const view: Scope = { tenant: pick(['default', 'other']), ...(subject !== undefined && { subject }) };
  const filter: EventFilter = pick([
    {},
    {},
    { types: ['RUN_STATE_CHANGED', 'ARTIFACT_CREATED'] as const },
    { steps: ['one'] },
    { workflow: 'nightly' },
    { level: 'WARN' as const, types: ['LOG'] as const },
    { level: 'ERROR' as const, workflow: 'weekly' },
  ]);
  const limit = pick([1, 7, 500]);
  const isSlow = pick([true, false]);
  const seen: number[] = [];
  const batches: EventBatch[] = [];
  const read = async () => {
    for await (const batch of store.journal.read(from, filter, view, { signal, limit })) {
      batches.push(batch);
      seen.push(...batch.events.map((event) => event.position));
      if (isSlow) await nextTurn();
    }
  };
  return { from, filter, view, seen, batches, done: read() };
}

/** All events after the position, of all tenants. */
async function readAllEvents(store: Store, from: number): Promise<Event[]> {
  const found: Event[] = [];
  for (const tenant of ['default', 'other']) {
    for (let position = from; ; ) {
      const batch = await store.journal.page(position, {}, { tenant }, 1_000);
      found.push(...batch.events);
      position = batch.position;
      if (batch.caughtUp) break;
    }
  }
  return found.sort((a, b) => a.position - b.position);
}

/** A second implementation of the filter, from its description in core/journal.ts. */
function isVisible(event: Event, filter: EventFilter, view: Scope, all: readonly Event[]): boolean {
  const opening = all.find(({ runId, type }) => runId === event.runId && type === 'RUN_CREATED');
  const workflow = opening?.type === 'RUN_CREATED' ? opening.payload.workflow : undefined;
  if (event.tenant !== view.tenant) return false;
  if (view.subject && event.subject !== view.subject) return false;
  if (filter.types && !filter.types.includes(event.type)) return false;
  if (filter.steps && !filter.steps.includes(event.step ?? '')) return false;
  if (filter.workflow && workflow !== filter.workflow) return false;
  if (filter.level && event.type === 'LOG') return LEVELS.indexOf(event.payload.level) >= LEVELS.indexOf(filter.level);
  return true;
}
