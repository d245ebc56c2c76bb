import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors.ts';
import type { NewEvent } from '../../../../src/core/event.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { RunRecord } from '../../../../src/core/run.ts';
import type { RunState } from '../../../../src/core/states.ts';
import type { Page, RunFilter } from '../../../../src/core/store-reader.ts';
import { type StoreHarness, useStore } from '../harness.ts';
import { finished, plannedStep, runCreated, textOutput, user } from '../sample-events.ts';

/** What every store promises of a list of runs with conditions. */
export function runFilterContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('a filter of runs', () => {
    const suite = useStore(makeHarness);

    it('matches by each field of it', async () => {
      const tenant = 'filters';
      const principal = { ...user(tenant, 'carol'), username: 'Carol C.' };
      const day = (n: number) => new Date(Date.UTC(2026, 10, n));
      const add = async (more: Parameters<typeof runCreated>[0], at: Date, ends = false) => {
        const runId = newId('run', at.getTime());
        const events = [runCreated({ principal, ...more }, at), ...(ends ? finished(textOutput('x')) : [])];
        await suite.store.journal.append(runId, 1, events);
        return runId;
      };
      const a = await add(
        { kind: 'WORKFLOW', workflow: 'nightly', labels: { team: 'rail', n: 1 }, parentId: newId('run') },
        day(1),
      );
      const b = await add(
        { goal: 'Report on Products', labels: { team: 'rail', n: { deep: [1, 'x'] } } },
        day(2),
        true,
      );
      const c = await add(
        {
          ...{ principal: user(tenant, 'dave'), steps: [plannedStep('s', { capability: 'render' })] },
          ...{ labels: { schedule: 'nightly' }, rerunOf: a, inputs: { size: 'of "17" \\ 3' } },
        },
        day(3),
      );
      const cases: [RunFilter, string[]][] = [
        [{}, [c, b, a]],
        [{ state: ['PENDING'] }, [c, a]],
        [{ state: ['SUCCEEDED', 'FAILED'] }, [b]],
        [{ state: [] }, []],
        [{ kind: ['WORKFLOW', 'AGENT'] }, [a]],
        [{ workflow: 'nightly' }, [a]],
        [{ principal: 'carol' }, [b, a]],
        [{ principal: 'Carol C.' }, [b, a]],
        [{ principal: 'dave-name' }, [c]],
        [{ label: { team: 'rail' } }, [b, a]],
        [{ label: { team: 'rail', n: 1 } }, [a]],
        [{ label: { n: { deep: [1, 'x'] } } }, [b]],
        [{ label: { team: 'ra' } }, []],
        [{ label: { n: '1' } }, []],
        [{ createdAfter: day(1) }, [c, b]],
        [{ createdBefore: day(3), createdAfter: day(1) }, [b]],
        [{ roots: true }, [c, b]],
        [{ roots: false }, [c, b, a]],
        [{ errorCode: ['FORBIDDEN', 'CONFLICT'] }, []],
        [{ errorCode: [] }, []],
        [{ schedule: 'nightly' }, [c]],
        [{ rerunOf: a }, [c]],
        [{ rerunOf: a, roots: true, schedule: 'weekly' }, []],
        [{ words: 'PRODUCTS report' }, [b]],
        [{ words: 'rail nightly' }, [a]],
        [{ words: ' \n' }, [c, b, a]],
        [{ words: 'text/csv alice' }, []],
        [{ words: 'Report_on' }, []],
        [{ words: '"17"' }, [c]],
        [{ words: '17"', state: ['SUCCEEDED'] }, []],
        [{ text: 'products' }, [b]],
        [{ text: 'nigh' }, [a]],
        [{ text: 'render' }, [c]],
        [{ text: c.slice(4) }, [c]],
        [{ text: "'; DROP TABLE runs; --" }, []],
        [{ text: 'Report_on%' }, []],
        [{ text: c.slice(4), principal: 'carol' }, []],
        [{ kind: [] }, []],
        [{ kind: ['COMMAND', 'WORKFLOW'], label: { team: 'rail' }, principal: 'carol', workflow: 'nightly' }, [a]],
        [{ kind: ['WORKFLOW'], createdAfter: day(1) }, []],
        [{ text: 'r', state: ['PENDING'], principal: 'dave' }, [c]],
      ];
      for (const [filter, expected] of cases) {
        const page = await suite.store.reader.runs({ tenant }, filter, {});
        expect([filter, ids(page), (await page.totalCount()).count]).toEqual([filter, expected, expected.length]);
      }
      const refused = { code: 'BAD_INPUT' };
      const labels = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`l${n}`, n]));
      await expect(suite.store.reader.runs({ tenant }, { label: labels }, {})).rejects.toMatchObject(refused);
      await expect(suite.store.reader.runs({ tenant }, { text: 'x'.repeat(257) }, {})).rejects.toMatchObject(refused);
      for (const filter of [
        { words: 'x'.repeat(257) },
        { words: 'a b c d e f g h i' },
        { longerThanMs: -1 },
        { longerThanMs: 1e15 },
      ]) {
        await expect(suite.store.reader.runs({ tenant }, filter, {})).rejects.toMatchObject(refused);
      }
    });

    it('matches the failure and the duration of runs, also after they have continued', async () => {
      const tenant = 'failures';
      const { journal, reader } = suite.store;
      const at = (ms: number) => new Date(Date.UTC(2026, 10, 1) + ms);
      const change = (from: RunState, to: RunState, ms: number, code?: ErrorCode): NewEvent => ({
        type: 'RUN_STATE_CHANGED',
        at: at(ms),
        payload: { from, to, ...(code && { error: { code, message: `No ${code} today`, retryable: false } }) },
      });
      const add = async (...changes: NewEvent[]) => {
        const runId = newId('run', at(0).getTime());
        await journal.append(runId, 1, [runCreated({ principal: user(tenant) }, at(0))]);
        for (const [n, event] of changes.entries()) await journal.append(runId, n + 2, [event]);
        return runId;
      };
      const slow = await add(change('PENDING', 'RUNNING', 10), change('RUNNING', 'FAILED', 2_010, 'CONFLICT'));
      const quick = await add(change('PENDING', 'RUNNING', 10), change('RUNNING', 'DENIED', 400, 'FORBIDDEN'));
      const running = await add(change('PENDING', 'RUNNING', 10));
      const waiting = await add();
      const found = async (filter: RunFilter) => ids(await reader.runs({ tenant }, filter, {})).toSorted();
      const all = [slow, quick, running, waiting].toSorted();
      expect(await found({})).toEqual(all);
      expect(await found({ errorCode: ['CONFLICT'] })).toEqual([slow]);
      expect(await found({ errorCode: ['CONFLICT', 'FORBIDDEN', 'TIMEOUT'] })).toEqual([slow, quick].toSorted());
      expect(await found({ words: 'conflict today' })).toEqual([slow]);
      expect(await found({ longerThanMs: 1_999 })).toEqual([slow, running].toSorted());
      expect(await found({ longerThanMs: 2_000 })).toEqual([running]);
      expect(await found({ longerThanMs: 389 })).toEqual([slow, quick, running].toSorted());
      expect(await found({ longerThanMs: 390, state: ['DENIED'] })).toEqual([]);

      await journal.append(slow, 4, [change('FAILED', 'RUNNING', 3_000)]);
      expect(await found({ errorCode: ['CONFLICT'] })).toEqual([]);
      expect(await found({ words: 'conflict' })).toEqual([]);
      await journal.append(slow, 5, [change('RUNNING', 'FAILED', 3_005, 'TIMEOUT')]);
      expect(await found({ errorCode: ['TIMEOUT'] })).toEqual([slow]);
      expect(await found({ longerThanMs: 2_994, errorCode: ['TIMEOUT'] })).toEqual([slow]);
    });
  });
}

function ids(page: Page<RunRecord>): string[] {
  return page.edges.map(({ node }) => node.id);
}
