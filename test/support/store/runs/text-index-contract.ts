import { describe, expect, it } from 'vitest';
import type { EventPayloads, NewEvent } from '../../../../src/core/event.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { Store } from '../../../../src/store/open-store.ts';
import type { StoreHarness } from '../harness.ts';
import { plannedStep, runCreated, user } from '../sample-events.ts';

const SEGMENT_RUNS = 1_500;
const DAY_MS = 86_400_000;
const LONG = `${'A very long text. '.repeat(1_000)} Needle at its end.`;

const { kind, effect, maxAttempts } = plannedStep('one');
const GIANTS = { kind, effect, maxAttempts, capability: 'wake.giants' };

/** Runs that end in this order, long ago; the first ones are those that searches look for. */
const RUNS: Partial<EventPayloads['RUN_CREATED']>[] = [
  { goal: 'Grüße AUS Vienna, 100 % literal' },
  { goal: LONG, steps: [plannedStep('one', { terms: { compensate: GIANTS } })] },
  {
    workflow: 'quarterly_review',
    kind: 'WORKFLOW',
    labels: { team: 'Opera "house"' },
    inputs: { customer: 'Grüße & Co' },
  },
  { steps: [plannedStep('one', { capability: 'summon.dragons' })] },
  { principal: user('other'), goal: 'Grüße AUS Vienna' },
  ...Array.from({ length: 3 * SEGMENT_RUNS - 5 }, (_, n) => ({ goal: `Report ${n} on needles` })),
];

/** What every store promises of a search for a text in runs that have ended long ago. */
export function textIndexContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the text index', () => {
    const now = Date.now();
    const end = (at: Date): NewEvent[] => [
      { type: 'RUN_STATE_CHANGED', at, payload: { from: 'PENDING', to: 'RUNNING' } },
      { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
    ];
    const fill = async (store: Store): Promise<string[]> => {
      const ids = RUNS.map((_, n) => newId('run', now - 40 * DAY_MS + n * 1_000));
      for (let at = 0; at < RUNS.length; at += 500) {
        await Promise.all(
          RUNS.slice(at, at + 500).map((run, n) => {
            const created = new Date(now - 40 * DAY_MS + (at + n) * 1_000);
            return store.journal.append(ids[at + n] as string, 1, [runCreated(run, created), ...end(created)]);
          }),
        );
      }
      return ids;
    };
    const segments = async (harness: StoreHarness) => {
      const rows = await harness.query<{ position: number | string }>('SELECT position FROM search_segments');
      return rows.map(({ position }) => Number(position)).sort((a, b) => a - b);
    };

    it('finds whatever a comparison of each run would find, and is removed with the runs', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const ids = await fill(store);
      const search = async (text: string, tenant = 'default') => {
        const page = await store.reader.runs({ tenant }, { text }, { first: 3 });
        return { ids: page.edges.map(({ node }) => ids.indexOf(node.id)), complete: !page.hasNextPage };
      };
      const findWords = async (words: string) => {
        const page = await store.reader.runs({ tenant: 'default' }, { words }, { first: 3 });
        return { ids: page.edges.map(({ node }) => ids.indexOf(node.id)), complete: !page.hasNextPage };
      };
      const searches = async () => ({
        words: await search('grüße aus v'),
        percent: await search('100 % l'),
        underscore: await search('y_review'),
        long: await search('NEEDLE at its end'),
        capability: await search('SUMMON.drag'),
        id: await search(ids[3]?.slice(20) ?? ''),
        tenant: await search('Vienna', 'other'),
        nothing: await search('Vienna, 200'),
        label: await findWords('opera QUARTERLY'),
        quoted: await findWords('"house"'),
        input: await findWords('customer grüße'),
        notText: await findWords('summon.dragons'),
      });
      const expected = {
        ...{ words: [0], percent: [0], underscore: [2], long: [1], capability: [3], id: [3], tenant: [4], nothing: [] },
        ...{ label: [2], quoted: [2], input: [2], notText: [] },
      };
      const complete = Object.fromEntries(
        Object.entries(expected).map(([name, of]) => [name, { ids: of, complete: true }]),
      );
      expect(await searches()).toEqual(complete);
      await store.textIndex.tick();
      expect(await segments(harness)).toEqual([1, 2, 3].map((n) => n * SEGMENT_RUNS * 3));
      expect(await searches()).toEqual(complete);

      // A run that continues, and has another command then, is found by it.
      const retried = ids[1] as string;
      const at = new Date(now - 39 * DAY_MS);
      const undo = { id: newId('step'), key: 'undo', parent: 'one', role: 'compensation', dependsOn: [] } as const;
      const added: NewEvent = { type: 'STEPS_ADDED', at, payload: { steps: [undo] } };
      const reopened: NewEvent = { type: 'RUN_STATE_CHANGED', at, payload: { from: 'SUCCEEDED', to: 'RUNNING' } };
      await store.journal.append(retried, 4, [reopened, added]);
      expect(await search('giants')).toEqual({ ids: [1], complete: true });
      await store.journal.append(retried, 6, [{ ...reopened, payload: { from: 'RUNNING', to: 'SUCCEEDED' } }]);
      expect(await search('giants')).toEqual({ ids: [1], complete: true });

      const artifacts = { removeUnused: async () => false, unusedSince: async function* () {} };
      const retention = store.startRetention({ artifacts, clock: { now: () => new Date(now) }, days: 30 });
      await retention.tick();
      await retention.stop();
      expect(await segments(harness)).toEqual([3 * SEGMENT_RUNS * 3]);
      const trigrams = await harness.query('SELECT DISTINCT position FROM search_trigrams');
      expect(trigrams).toHaveLength(1);
      expect(await search('Vienna')).toEqual({ ids: [], complete: true });
      await store.close();
      await harness.remove();
    });
  });
}
