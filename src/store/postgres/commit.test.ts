import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { finished, log, plannedStep, runCreated, textOutput } from '../../../test/support/store/sample-events.ts';
import type { NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { Store } from '../open-store.ts';

const scope = { tenant: 'default' };

await onPostgres((makeHarness) => {
  describe('what PostgreSQL stores', () => {
    let harness: Awaited<ReturnType<typeof makeHarness>>;
    let store: Store;
    beforeAll(async () => {
      harness = await makeHarness();
      store = await harness.open();
    });
    afterAll(async () => {
      await store.close();
      await harness.remove();
    });

    it('accepts U+0000 in JSON', async () => {
      const runId = newId('run');
      const text = 'nul \u0000, quote ", backslash \\u0000, 𝄞, \u2028';
      const opening = runCreated({ inputs: { text }, steps: [plannedStep('one', { input: { text } })] });
      await store.journal.append(runId, 1, [opening, log(text, 'WARN'), log(text, 'DEBUG')]);
      const { events } = await store.journal.page(0, { runId, level: 'WARN', types: ['LOG'] }, scope, 10);
      expect(events.map(({ payload }) => payload)).toEqual([{ level: 'WARN', text }]);
      expect((await store.reader.snapshot(scope, runId))?.run.inputs).toEqual({ text });
      expect((await store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('rejects only an append with U+0000 in a text column, and records the others', async () => {
      const nul = 'a\u0000b';
      const output = textOutput(nul);
      const requested: NewEvent = {
        type: 'APPROVAL_REQUESTED',
        at: new Date(),
        step: 'one',
        payload: { id: newId('apr'), reason: nul },
      };
      const openings: NewEvent[][] = [
        [runCreated()],
        [runCreated({ goal: nul })],
        [runCreated({ labels: { [nul]: 1 } })],
        [runCreated({ idempotencyKey: nul })],
        [runCreated({ steps: [plannedStep(nul)] })],
        [runCreated(), ...finished(output)],
        [runCreated(), requested],
        [runCreated({ labels: { value: nul } })],
      ];
      const results = await Promise.allSettled(openings.map((events) => store.journal.append(newId('run'), 1, events)));
      const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'ok'));
      expect(codes).toEqual(['ok', ...Array.from({ length: 6 }, () => 'BAD_INPUT'), 'ok']);
    });

    it('keeps times to the millisecond, and large runs complete', async () => {
      const runId = newId('run');
      const times = [0, 1, 999, 1_764_075_600_123, 4_102_444_799_999].map((ms) => new Date(ms));
      const lines = times.map((at): NewEvent => ({ ...log('x'.repeat(200_000)), at }));
      const steps = Array.from({ length: 2_000 }, (_, n) => plannedStep(`step ${n}`));
      await store.journal.append(runId, 1, [runCreated({ steps }), ...lines]);
      const { events } = await store.journal.page(0, { runId, types: ['LOG'] }, scope, 10);
      expect(events.map(({ at }) => at)).toEqual(times);
      expect((await store.reader.snapshot(scope, runId))?.steps).toHaveLength(2_000);
      expect((await store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('accepts rows next to a newer version, which has added columns', async () => {
      for (const table of ['runs', 'run_labels', 'steps', 'approvals', 'artifacts', 'events', 'leaves']) {
        await harness.tamper(`ALTER TABLE ${table} ADD COLUMN newer text NOT NULL DEFAULT 'from its default'`);
      }
      const runId = newId('run');
      await store.journal.append(runId, 1, [runCreated({ labels: { a: 1 } }), ...finished(textOutput('x'))]);
      const added = 'SELECT r.newer AS run, s.newer AS step FROM runs r JOIN steps s ON s.run_id = r.id WHERE r.id = ?';
      expect(await harness.query(added, runId)).toEqual([{ run: 'from its default', step: 'from its default' }]);
      expect((await store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('pages by size as well as by number', async () => {
      const runId = newId('run');
      const lines = Array.from({ length: 30 }, (_, n) => log(`${n}`.padEnd(200_000, 'x')));
      await store.journal.append(runId, 1, [runCreated(), ...lines]);
      const seqs: number[] = [];
      const batches: number[] = [];
      for await (const batch of store.journal.read(0, { runId }, scope, { signal: new AbortController().signal })) {
        seqs.push(...batch.events.map(({ seq }) => seq));
        batches.push(batch.events.length);
        if (batch.caughtUp) break;
      }
      expect(seqs).toEqual(Array.from({ length: 31 }, (_, n) => n + 1));
      expect(Math.max(...batches)).toBeLessThanOrEqual(12);
    });
  });
});
