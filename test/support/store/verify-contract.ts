import { describe, expect, it } from 'vitest';
import { eventHash } from '../../../src/audit/event-hash.ts';
import { newId } from '../../../src/core/ids.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { artifactCreated, finished, log, runCreated, textOutput } from './sample-events.ts';

const scope = { tenant: 'default' };

/** What every store promises of its chains: every change behind its back is found, and where it is. */
export function verifyContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('verifying a run', () => {
    const suite = useStore(makeHarness);

    /** Eight events: RUN_CREATED, three LOG, ARTIFACT_CREATED, and three until the end. */
    const sample = async () => {
      const runId = newId('run');
      const lines = [log('one'), log('two'), log('three')];
      const output = finished(textOutput('out'));
      await suite.store.journal.append(runId, 1, [
        runCreated({ labels: { team: 'rail' } }),
        ...lines,
        artifactCreated('a'),
        ...output,
      ]);
      return runId;
    };

    it('finds no problem in what the journal wrote', async () => {
      expect(await suite.store.verifyRun(scope, await sample())).toMatchObject({
        valid: true,
        events: 8,
        problems: [],
      });
      expect(await suite.store.verifyRun(scope, newId('run'))).toBeUndefined();
    });

    const event = (set: string, seq: number) => `UPDATE events SET ${set} WHERE run_id = $run AND seq = ${seq}`;
    const tampers: [name: string, sql: string, firstInvalidSeq: number][] = [
      ['a changed payload', event(`payload = replace(payload, 'two', 'two!')`, 3), 3],
      ['a payload that is no JSON', event(`payload = substr(payload, 2)`, 4), 4],
      ['a changed type', event(`type = 'STEP_PROGRESS'`, 2), 2],
      ['a changed time', event('at = at + $second', 2), 2],
      ['a step that was added', event(`step = 'one'`, 3), 3],
      ['a step that was taken away', event('step = NULL', 5), 5],
      ['a changed hash', event(`hash = replace(hash, substr(hash, 1, 1), 'g')`, 4), 4],
      ['a changed link', event(`prev_hash = hash`, 6), 6],
      ['a changed tenant', event(`tenant = 'other'`, 4), 4],
      ['a changed subject', event(`subject = 'mallory'`, 8), 8],
      ['a changed position', event(`position = position + 1000000`, 2), 3],
      ['a deleted event', 'DELETE FROM events WHERE run_id = $run AND seq = 4', 4],
      ['a deleted first event', 'DELETE FROM events WHERE run_id = $run AND seq = 1', 1],
      ['a cut-off end', 'DELETE FROM events WHERE run_id = $run AND seq > 6', 7],
      ['a deleted chain', 'DELETE FROM events WHERE run_id = $run', 1],
      ['an event moved to the end', 'UPDATE events SET seq = 9 WHERE run_id = $run AND seq = 5', 5],
      [
        'an event that was slipped in at the end',
        `INSERT INTO events (position, run_id, seq, tenant, subject, type, at, step, prev_hash, hash, payload)
         SELECT position + 1000000, run_id, 9, tenant, subject, type, at, step, hash, hash, payload FROM events WHERE run_id = $run AND seq = 8`,
        9,
      ],
      ['a run whose row stands before its end', `UPDATE runs SET seq = 7 WHERE id = $run`, 7],
      ['a changed state', `UPDATE runs SET state = 'FAILED' WHERE id = $run`, 8],
      ['a changed principal', `UPDATE runs SET username = 'mallory' WHERE id = $run`, 8],
      ['a changed head', `UPDATE runs SET head_hash = 'x' WHERE id = $run`, 8],
      ['a changed output', `UPDATE steps SET output_text = 'better' WHERE run_id = $run`, 8],
      ['a deleted step', 'DELETE FROM steps WHERE run_id = $run', 8],
      ['a changed label', `UPDATE run_labels SET value = '"tram"' WHERE run_id = $run`, 8],
      ['a renamed artifact', `UPDATE artifacts SET name = 'other.csv' WHERE run_id = $run`, 8],
      ['a deleted artifact', 'DELETE FROM artifacts WHERE run_id = $run', 8],
    ];
    it.each(tampers)('finds %s', async (_, sql, firstInvalidSeq) => {
      const runId = await sample();
      const neighbor = await sample();
      const second = suite.harness.kind === 'sqlite' ? '1000' : `interval '1 second'`;
      await suite.harness.tamper(sql.replaceAll('$run', `'${runId}'`).replace('$second', second));
      const found = await suite.store.verifyRun(scope, runId);
      expect(found).toMatchObject({ valid: false, firstInvalidSeq });
      expect(found?.problems.some((problem) => problem.startsWith(`seq ${firstInvalidSeq}: `))).toBe(true);
      expect((await suite.store.verifyRun(scope, neighbor))?.valid).toBe(true);
    });

    it('finds two events that changed places', async () => {
      const runId = await sample();
      for (const [from, to] of [
        [3, 1003],
        [4, 3],
        [1003, 4],
      ] as const) {
        await suite.harness.tamper('UPDATE events SET seq = ? WHERE run_id = ? AND seq = ?', to, runId, from);
      }
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: false, firstInvalidSeq: 3 });
    });

    it('finds an event that was changed together with its hash', async () => {
      const runId = await sample();
      const [row] = await suite.harness.query<{ at: number; prev_hash: string }>(
        'SELECT * FROM events WHERE run_id = ? AND seq = 3',
        runId,
      );
      const event = { type: 'LOG', at: new Date(row?.at ?? 0), payload: '{"level":"INFO","text":"forged"}' };
      const hash = eventHash(runId, 3, row?.prev_hash ?? '', event);
      await suite.harness.tamper(
        'UPDATE events SET payload = ?, hash = ? WHERE run_id = ? AND seq = 3',
        event.payload,
        hash,
        runId,
      );
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 4,
        problems: ['seq 4: its prevHash is not the hash of the event before it'],
      });
    });

    it('is not misled by a run that continues meanwhile', async () => {
      const runId = newId('run');
      await suite.store.journal.append(runId, 1, [runCreated(), ...Array.from({ length: 400 }, () => log('x'))]);
      let running = true;
      const appending = (async () => {
        for (let seq = 402; running; seq += 1) await suite.store.journal.append(runId, seq, [log('y')]);
      })();
      const found = await Promise.all(Array.from({ length: 20 }, () => suite.store.verifyRun(scope, runId)));
      running = false;
      await appending;
      expect(found.map((result) => [result?.valid, result?.problems])).toEqual(found.map(() => [true, []]));
    });
  });
}
