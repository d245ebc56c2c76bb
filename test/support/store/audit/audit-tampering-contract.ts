import { describe, expect, it } from 'vitest';
import type { StoreHarness } from '../harness.ts';
import { setUpAudit } from './audit-setup.ts';

const scope = { tenant: 'default' };

/** What every store promises of its signed tree: it finds every change of what it covers. */
export function auditTamperingContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the audit tree, tampered with', () => {
    const suite = setUpAudit(makeHarness);
    const { endRun, forge, health, notes, reopen, signRun } = suite;

    const zeros = '0'.repeat(64);
    const tampers: [name: string, statements: readonly string[], firstInvalidSeq: number][] = [
      ['a changed leaf', [`UPDATE leaves SET hash = '${zeros}' WHERE run_id = $run`], 8],
      ['a leaf of another event', ['UPDATE leaves SET seq = 7 WHERE run_id = $run'], 7],
      ['a leaf of an event that never was', ['UPDATE leaves SET seq = 9 WHERE run_id = $run'], 8],
      ['a leaf of another run', [`UPDATE leaves SET run_id = 'run_${'0'.repeat(32)}' WHERE run_id = $run`], 8],
      ['a leaf that was moved', ['UPDATE leaves SET position = position + 1000 WHERE run_id = $run'], 8],
      ['a deleted leaf', ['DELETE FROM leaves WHERE run_id = $run'], 8],
      ['all leaves deleted', ['DELETE FROM leaves'], 8],
      [
        'two leaves that changed places',
        [
          `UPDATE leaves SET run_id = 'x' WHERE run_id = $run`,
          'UPDATE leaves SET run_id = $run WHERE run_id = $other',
          `UPDATE leaves SET run_id = $other WHERE run_id = 'x'`,
        ],
        8,
      ],
      ['a changed leaf of the same checkpoint', [`UPDATE leaves SET hash = '${zeros}' WHERE run_id = $other`], 8],
      ['a deleted leaf of the same checkpoint', ['DELETE FROM leaves WHERE run_id = $other'], 8],
      ['a changed root', [`UPDATE checkpoints SET root = '${zeros}' WHERE size = 3`], 8],
      ['a changed size', ['UPDATE checkpoints SET size = 4 WHERE size = 3'], 8],
      ['a changed signature', [`UPDATE checkpoints SET signature = 'AAAA' WHERE size = 3`], 8],
      ['a changed frontier before it', [`UPDATE checkpoints SET frontier = '["${zeros}"]' WHERE size = 1`], 8],
      ['a frontier that is no JSON', [`UPDATE checkpoints SET frontier = '[' WHERE size = 1`], 8],
      ['a checkpoint of another key', [`UPDATE checkpoints SET key_id = 'ffffffff' WHERE size = 3`], 8],
      ['a deleted checkpoint', ['DELETE FROM checkpoints WHERE size = 3'], 8],
      ['all checkpoints deleted', ['DELETE FROM checkpoints'], 8],
      [
        'a cut-off end, with its head',
        [
          'DELETE FROM events WHERE run_id = $run AND seq > 5',
          `UPDATE runs SET state = 'PENDING', seq = 5, started_at = NULL, finished_at = NULL,
           head_position = (SELECT max(position) FROM events WHERE run_id = $run),
           head_hash = (SELECT hash FROM events WHERE run_id = $run AND seq = 5) WHERE id = $run`,
          `UPDATE steps SET state = 'PENDING', attempt = 0, finished_at = NULL, output_media_type = NULL, output_size = NULL,
           output_digest = NULL, output_text = NULL WHERE run_id = $run`,
        ],
        8,
      ],
    ];
    it.each(tampers)('finds %s', async (_, statements, firstInvalidSeq) => {
      const first = await signRun();
      const [other, runId] = [await endRun(), await signRun()];
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 3 } });
      for (const sql of statements) {
        await suite.harness.tamper(sql.replaceAll('$run', `'${runId}'`).replaceAll('$other', `'${other}'`));
      }
      const report = await suite.store.verifyRun(scope, runId);
      expect(report).toMatchObject({ valid: false, firstInvalidSeq });
      expect(report).not.toHaveProperty('checkpoint');
      expect(await notes()).toHaveLength(2);
      expect(first).not.toBe(runId);
    });

    it('finds a complete forged chain by its leaf, by its checkpoint, and by the file', async () => {
      const runId = await signRun();
      const head = await forge(runId);
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 8,
        problems: ['seq 8: its hash is not the one in the audit tree'],
      });
      await suite.harness.tamper('UPDATE leaves SET hash = ? WHERE run_id = ?', head, runId);
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 8,
        problems: ['seq 8: the leaves do not lead to the root of the checkpoint of 1 leaves'],
      });
      await suite.harness.tamper('DELETE FROM checkpoints');
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 8,
        problems: ['seq 8: the checkpoint that covered it is missing'],
      });
      await reopen();
      expect(health()).toBe('DEGRADED');
    });
  });
}
