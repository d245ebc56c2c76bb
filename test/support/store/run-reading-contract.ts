import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { log, runCreated } from './sample-events.ts';

const scope = { tenant: 'default' };
const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/** What every journal promises of reads of one run, of reads from its end, and of searches in its log. */
export function runReadingContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('reading one run', () => {
    const suite = useStore(makeHarness);

    const begin = async (...more: NewEvent[]) => {
      const runId = newId('run');
      await suite.store.journal.append(runId, 1, [runCreated(), ...more]);
      return runId;
    };

    it('reads on in a run from a position of another run', async () => {
      const runId = await begin(log('1'));
      await begin();
      const between = await suite.store.journal.head();
      await suite.store.journal.append(runId, 3, [log('2')]);
      const filter = { runId, types: ['LOG' as const] };
      expect((await suite.store.journal.page(between, filter, scope, 10)).events.map(textOf)).toEqual(['2']);
      expect((await suite.store.journal.page(between, { runId }, scope, 10)).events.map(textOf)).toEqual(['2']);
      expect((await suite.store.journal.pageBefore(between, filter, scope, 10)).events.map(textOf)).toEqual(['1']);
    });

    it('pages a run backwards from its end, and says where it continues', async () => {
      const runId = await begin(...['1', '2', '3', '4', '5'].map((text) => log(text)));
      const filter = { runId, types: ['LOG' as const] };
      const newest = await suite.store.journal.pageBefore(undefined, filter, scope, 2);
      expect(newest).toMatchObject({ position: await suite.store.journal.head(), caughtUp: true });
      const pages = [newest];
      for (let { older } = newest; older !== undefined; ) {
        const page = await suite.store.journal.pageBefore(older, filter, scope, 2);
        pages.push(page);
        ({ older } = page);
      }
      expect(pages.map(({ events }) => events.map(textOf))).toEqual([['4', '5'], ['2', '3'], ['1']]);
      expect(await suite.store.journal.count(filter, scope)).toBe(5);
    });

    it('knows where each event of a run is, and that a later one is not there', async () => {
      const runId = await begin(log('1'), log('2'));
      await begin(log('of another run'));
      const { events } = await suite.store.journal.page(0, { runId }, scope, 10);
      const positions = await Promise.all([1, 2, 3, 4].map((seq) => suite.store.journal.positionAt(runId, seq)));
      expect(positions).toEqual([...events.map(({ position }) => position), undefined]);
    });

    it('finds the lines of a log that contain a text, whatever the case of ASCII letters', async () => {
      const texts = ['Error: "x"', 'error\nin two lines', 'ERR', 'É', 'é', '𝄞\u0000 error', 'n'];
      const runId = await begin(...texts.map((text) => log(text)));
      const found = async (text: string) => {
        const filter = { runId, types: ['LOG' as const], text };
        const back = await suite.store.journal.pageBefore(undefined, filter, scope, 100);
        const page = await suite.store.journal.page(0, filter, scope, 100);
        expect(page.events).toEqual(back.events);
        expect(await suite.store.journal.count(filter, scope)).toBe(back.events.length);
        return back.events.map(textOf);
      };
      expect(await found('ERROR')).toEqual(['Error: "x"', 'error\nin two lines', '𝄞\u0000 error']);
      expect(await found(': "X"')).toEqual(['Error: "x"']);
      expect(await found('é')).toEqual(['é']);
      expect(await found('\u0000')).toEqual(['𝄞\u0000 error']);
      // Neither the escapes nor the names of the stored form are text.
      expect([await found('\\n'), await found('level'), await found('n')]).toEqual([
        [],
        [],
        ['error\nin two lines', 'n'],
      ]);
    });

    it('continues a search backwards beyond the part of a run that one page reads', async () => {
      const runId = await begin(log('needle'));
      const noise = Array.from({ length: 1_000 }, () => log('hay'));
      for (let seq = 3; seq < 110_000; seq += noise.length) await suite.store.journal.append(runId, seq, noise);
      const filter = { runId, types: ['LOG' as const], text: 'needle' };
      const first = await suite.store.journal.pageBefore(undefined, filter, scope, 10);
      expect(first.events).toEqual([]);
      const second = await suite.store.journal.pageBefore(first.older, filter, scope, 10);
      expect([second.events.map(textOf), second.older]).toEqual([['needle'], undefined]);
      expect(await suite.store.journal.count({ runId, types: ['LOG'] }, scope)).toBe(110_001);
    });

    it('reads backwards what reading forwards shows, from any position and with any filter', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              text: fc.constantFrom('a', 'B', 'ab', 'x'),
              level: fc.constantFrom(...LEVELS),
              step: fc.constantFrom('one', 'two', undefined),
            }),
            { maxLength: 30 },
          ),
          fc.record(
            {
              level: fc.constantFrom(...LEVELS),
              text: fc.constantFrom('a', 'b', 'AB', 'c'),
              steps: fc.constant(['one']),
              types: fc.constant(['LOG' as const]),
            },
            { requiredKeys: [] },
          ),
          fc.integer({ min: 1, max: 7 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          async (lines, filter, limit, share) => {
            const id = newId('run');
            await suite.store.journal.append(id, 1, [
              runCreated(),
              ...lines.map(({ text, level, step }) => ({ ...log(text, level), ...(step && { step }) })),
            ]);
            await begin(log('of another run'));
            const wanted = { ...filter, runId: id };
            const { events } = await suite.store.journal.page(0, wanted, scope, 1_000);
            const head = await suite.store.journal.head();
            const before = Math.max(1, Math.round(share * (head + 1)));
            const pages: Event[][] = [];
            for (let position: number | undefined = before; position !== undefined; ) {
              const page = await suite.store.journal.pageBefore(Math.min(position, head), wanted, scope, limit);
              pages.unshift([...page.events]);
              position = page.older;
            }
            expect(pages.flat()).toEqual(events.filter((event) => event.position < Math.min(before, head)));
            expect(pages.slice(1).every((page) => page.length === limit)).toBe(true);
            expect(await suite.store.journal.count(wanted, scope)).toBe(events.length);
            const fromSeq = Math.round(share * lines.length) + 1;
            const count = await suite.store.journal.count(wanted, scope, fromSeq);
            expect(count).toBe(events.filter(({ seq }) => seq >= fromSeq).length);
            const part = { runId: id, ...(filter.steps && { steps: filter.steps }) };
            const logged = await suite.store.journal.page(0, { ...part, types: ['LOG'] }, scope, 1_000);
            const inPart = logged.events
              .filter(({ seq }) => seq >= fromSeq)
              .map(({ payload }) => (payload as { level: string }).level);
            expect(await suite.store.journal.countLevels(part, scope, fromSeq)).toEqual(
              Object.fromEntries(LEVELS.map((level) => [level, inPart.filter((one) => one === level).length])),
            );
            const other = { tenant: 'other' };
            expect((await suite.store.journal.pageBefore(undefined, wanted, other, limit)).events).toEqual([]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}

function textOf(event: Event): string {
  return event.type === 'LOG' ? event.payload.text : event.type;
}
