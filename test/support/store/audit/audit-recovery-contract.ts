import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../../src/audit/checkpoint-note.ts';
import type { StoreHarness } from '../harness.ts';
import { setUpAudit } from './audit-setup.ts';

const scope = { tenant: 'default' };

/** What every store promises of its signed tree after restarts, crashes, restored databases and new keys. */
export function auditRecoveryContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the audit tree, opened again', () => {
    const suite = setUpAudit(makeHarness);
    const { close, endRun, forge, health, key, notes, reopen, signRun, sizes, tick } = suite;

    it('signs nothing once history was rewritten, and reports it after a restart too', async () => {
      const runId = await signRun();
      await suite.harness.tamper('UPDATE leaves SET hash = ? WHERE run_id = ?', await forge(runId), runId);
      await suite.harness.tamper('DELETE FROM checkpoints');
      await endRun();
      await tick();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['DEGRADED', [], 1]);
      await reopen();
      await endRun();
      await tick();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['DEGRADED', [], 1]);
    });

    it('detects a database that is older than the file', async () => {
      await signRun();
      await signRun();
      await close();
      for (const sql of ['DELETE FROM checkpoints WHERE size = 2', 'DELETE FROM leaves WHERE position > 8']) {
        await suite.harness.tamper(sql);
      }
      await reopen();
      expect(health()).toBe('DEGRADED');
    });

    it('continues after a restart, and after one between a note and its row', async () => {
      await signRun();
      await reopen();
      const second = await signRun();
      expect([health(), await sizes()]).toEqual(['OK', [1, 2]]);
      await close();
      await suite.harness.tamper('DELETE FROM checkpoints WHERE size = 2');
      await reopen();
      await tick();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['OK', [1, 2], 2]);
      expect(await suite.store.verifyRun(scope, second)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
    });

    it('continues if another node has signed since, and its own last row was never stored', async () => {
      for (let runs = 0; runs < 3; runs += 1) await signRun();
      const mine = (await notes()).slice(0, 2);
      await close();
      await suite.harness.tamper('DELETE FROM checkpoints WHERE size = 2');
      await writeFile(join(suite.folder, 'checkpoints.log'), mine.join(''));
      await reopen();
      expect([health(), await sizes()]).toEqual(['OK', [1, 2, 3]]);
      await signRun();
      expect((await notes()).map((note) => openCheckpoint(note, key()).size)).toEqual([1, 2, 4]);
    });

    it('cuts off an incomplete note after a crash, and continues without a file that was lost', async () => {
      await signRun();
      await close();
      const file = join(suite.folder, 'checkpoints.log');
      const whole = await readFile(file, 'utf8');
      await writeFile(file, whole + whole.slice(0, -20));
      await reopen();
      await signRun();
      expect([health(), (await notes()).map((note) => openCheckpoint(note, key()).size)]).toEqual(['OK', [1, 2]]);
      await close();
      await rm(file);
      await reopen();
      await signRun();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['OK', [1, 2, 3], 1]);
    });

    it.each<[string, (whole: Buffer) => Buffer]>([
      ['zeros', (whole) => Buffer.concat([whole, Buffer.alloc(8_192)])],
      ['a few zeros', (whole) => Buffer.concat([whole, Buffer.alloc(200)])],
      [
        'the beginning of a note of another log',
        (whole) => Buffer.concat([whole, Buffer.from('other.example/log\n2')]),
      ],
      ['garbage', (whole) => Buffer.concat([whole, Buffer.from('x y\n'.repeat(50_000))])],
      ['one line', (whole) => Buffer.concat([whole, Buffer.from('a torn note?')])],
      ['an incomplete note and zeros', (whole) => Buffer.concat([whole, whole.subarray(0, 30), Buffer.alloc(1)])],
      ['an older note once more', (whole) => Buffer.concat([whole, whole.subarray(0, whole.length / 2)])],
      [
        'garbage and an older note',
        (whole) => Buffer.concat([whole, Buffer.from('x\n'), whole.subarray(0, whole.length / 2)]),
      ],
      ['nothing but zeros', (whole) => Buffer.alloc(whole.length)],
      ['nothing but an incomplete note', (whole) => whole.subarray(0, 30)],
    ])('does not accept a database that is older than its file if the file ends with %s', async (_, damage) => {
      await signRun();
      await signRun();
      await close();
      for (const sql of ['DELETE FROM checkpoints WHERE size = 2', 'DELETE FROM leaves WHERE position > 8']) {
        await suite.harness.tamper(sql);
      }
      const file = join(suite.folder, 'checkpoints.log');
      const damaged = damage(await readFile(file));
      await writeFile(file, damaged);
      await reopen();
      await endRun();
      await tick();
      expect([health(), await sizes()]).toEqual(['DEGRADED', [1]]);
      expect(damaged.equals(await readFile(file))).toBe(true);
    });

    it('continues the tree with another key, after recomputing it', async () => {
      const first = await signRun();
      const old = key().id;
      await reopen({ folder: await mkdtemp(join(suite.folder, 'new-')) });
      expect(key().id).not.toBe(old);
      // It vouches for nothing that it has not signed, and reports no problem either.
      const unsigned = await suite.store.verifyRun(scope, first);
      expect([unsigned?.valid, unsigned?.checkpoint]).toEqual([true, undefined]);
      await signRun();
      expect(health()).toBe('OK');
      expect(await suite.store.verifyRun(scope, first)).toMatchObject({
        valid: true,
        checkpoint: { size: 2, keyId: key().id },
      });
    });

    it('does not continue the file of another key', async () => {
      await signRun();
      const keyFile = join(suite.folder, 'other.pem');
      await writeFile(keyFile, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
      await reopen({ keyFile });
      await signRun();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['DEGRADED', [1], 1]);
    });
  });
}
