import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../../src/audit/checkpoint-note.ts';
import { MAX_CONSISTENCY_LEAVES } from '../../../../src/audit/consistency-export.ts';
import { verifyRunOffline } from '../../../../src/audit/verify-offline.ts';
import { verifyConsistency } from '../../../../src/audit/verify-tree.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { StoreHarness } from '../harness.ts';
import { log, runCreated } from '../sample-events.ts';
import { setUpAudit } from './audit-setup.ts';

const scope = { tenant: 'default' };

/** What every store promises of its signed tree: it covers the end of every run, and shows it without the store. */
export function auditContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the audit tree', () => {
    const suite = setUpAudit(makeHarness);
    const { close, endRun, health, key, notes, open, reopen, signRun, sizes, tick } = suite;

    it('signs the end of a run without being asked, in the file and in the database', async () => {
      await reopen({ intervalMs: 400 });
      const runId = await endRun();
      await expect
        .poll(async () => (await suite.store.verifyRun(scope, runId))?.checkpoint, { interval: 50 })
        .toBeDefined();
      const report = await suite.store.verifyRun(scope, runId);
      const [note = ''] = await notes();
      const head = openCheckpoint(note, key());
      expect(report).toMatchObject({ valid: true, problems: [] });
      expect(report?.checkpoint).toEqual({
        size: 1,
        rootHash: Buffer.from(head.root).toString('hex'),
        signature: head.signature.toString('base64'),
        keyId: key().id,
        at: expect.any(Date),
      });
    });

    it('does not make a start wait until a long tree is computed, and signs it then', async () => {
      await close();
      const leaves = 60_000;
      await suite.harness.tamper(`INSERT INTO leaves (position, run_id, seq, hash)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${leaves})
        SELECT i, 'run_' || i, 1, '${'ab'.repeat(32)}' FROM n`);
      await suite.harness.tamper(`UPDATE journal SET position = ${leaves}`);
      await reopen();
      expect(suite.store.audit.checkpointer?.signedUpTo()).toBe(0);
      await expect.poll(sizes, { timeout: 30_000 }).toEqual([leaves]);
      expect(health()).toBe('OK');
    });

    it('signs again only after another run has ended', async () => {
      await signRun();
      const openRun = newId('run');
      await suite.store.journal.append(openRun, 1, [runCreated(), log('still going')]);
      await tick();
      expect(await sizes()).toEqual([1]);
      await endRun();
      await endRun();
      await tick();
      expect(await sizes()).toEqual([1, 3]);
      expect((await notes()).map((note) => openCheckpoint(note, key()).size)).toEqual([1, 3]);
      expect(await suite.store.verifyRun(scope, openRun)).not.toHaveProperty('checkpoint');
    });

    it('covers both ends of a run that continued after its first', async () => {
      const runId = newId('run');
      const at = new Date();
      await suite.store.journal.append(runId, 1, [
        runCreated(),
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'PENDING', to: 'FAILED' } },
      ]);
      await tick();
      await suite.store.journal.append(runId, 3, [
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'FAILED', to: 'RUNNING' } },
      ]);
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 1 } });
      await suite.store.journal.append(runId, 4, [
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
      ]);
      await tick();
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
      await suite.harness.tamper('UPDATE leaves SET hash = ? WHERE run_id = ? AND seq = 2', 'f'.repeat(64), runId);
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: false, firstInvalidSeq: 2 });
    });

    it('supports positions of more than 32 bits', async () => {
      await signRun();
      await close();
      await suite.harness.tamper('UPDATE journal SET position = 5000000000 WHERE id = 1');
      await reopen();
      const runId = await signRun();
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
      expect(await suite.store.audit.exportRun(scope, runId)).toMatchObject({ inclusion: { index: 1 } });
      await reopen();
      expect(health()).toBe('OK');
    });

    it('exports a run that can be verified without the store', async () => {
      for (let runs = 0; runs < 5; runs += 1) await signRun();
      await endRun();
      const runId = await endRun();
      await signRun();
      const text = JSON.stringify(await suite.store.audit.exportRun(scope, runId));
      const trusted = suite.store.audit.checkpointer?.publicKey;
      expect(verifyRunOffline(JSON.parse(text), trusted)).toMatchObject({
        valid: true,
        events: 8,
        problems: [],
        checkpoint: { size: 8, keyId: key().id },
        keyTrusted: true,
      });
      expect(verifyRunOffline(JSON.parse(text))).toMatchObject({ valid: true, keyTrusted: false });
      expect(verifyRunOffline(JSON.parse(text.replace('two', 'TWO')), trusted)).toMatchObject({ firstInvalidSeq: 3 });
      expect(await suite.store.audit.exportRun({ tenant: 'other' }, runId)).toBeUndefined();
      const tooLarge = suite.store.audit.exportRun(scope, runId, 8 * 512);
      await expect(tooLarge).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE', details: { maxBytes: 8 * 512 } });
    });

    it('exports an unfinished run without an inclusion in the tree', async () => {
      const runId = newId('run');
      await suite.store.journal.append(runId, 1, [runCreated(), log('going')]);
      const exported = await suite.store.audit.exportRun(scope, runId);
      expect(exported).not.toHaveProperty('inclusion');
      expect(verifyRunOffline(exported as NonNullable<typeof exported>)).toMatchObject({ valid: true, events: 2 });
    });

    it('proves that each tree starts with each older one', async () => {
      for (let runs = 0; runs < 6; runs += 1) await signRun();
      const known = await notes();
      const { audit } = suite.store;
      for (let size = 1; size <= 6; size += 1) {
        const { older, newer, proof } = await audit.exportConsistency(size);
        expect([older, newer]).toEqual([known[size - 1], known[5]]);
        verifyConsistency(known[size - 1] ?? '', newer, proof, [key()]);
        const upTo5 = audit.exportConsistency(size, 5);
        if (size > 5) await expect(upTo5).rejects.toMatchObject({ code: 'NOT_FOUND' });
        else verifyConsistency(known[size - 1] ?? '', known[4] ?? '', (await upTo5).proof, [key()]);
      }
      for (const [older, newer] of [[7], [3, 7], [0], [-1, 3]])
        await expect(audit.exportConsistency(older ?? 0, newer)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const { newer, proof } = await audit.exportConsistency(3);
      expect(() => verifyConsistency(known[2] ?? '', newer, proof.slice(1), [key()])).toThrow(/does not begin with/);
    });

    it('leads through a long tree in several proofs, each of a limited number of leaves', async () => {
      const step = MAX_CONSISTENCY_LEAVES - 1;
      await signRun();
      for (const from of [1, step + 1]) {
        await close();
        await suite.harness.tamper(`INSERT INTO leaves (position, run_id, seq, hash)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${step})
          SELECT ${from} * 100 + i, 'run_${from}_' || i, 1, '${'ab'.repeat(32)}' FROM n`);
        await suite.harness.tamper(`UPDATE journal SET position = ${from * 100 + step}`);
        await reopen();
        await expect.poll(sizes, { timeout: 30_000 }).toContain(from + step);
      }
      const { audit } = suite.store;
      const tooFar = audit.exportConsistency(1, 2 * step + 1);
      await expect(tooFar).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
      const known = await notes();
      const first = await audit.exportConsistency(1);
      expect(first.newerSize).toBe(step + 1);
      const second = await audit.exportConsistency(first.newerSize);
      expect(second.newerSize).toBe(2 * step + 1);
      verifyConsistency(known[0] ?? '', known[1] ?? '', first.proof, [key()]);
      verifyConsistency(known[1] ?? '', known[2] ?? '', second.proof, [key()]);
    });

    it('is signed by several nodes with one key, each of which continues the tree of the others', async () => {
      if (suite.harness.kind === 'sqlite') return;
      const keyFile = join(suite.folder, 'checkpoint-key.pem');
      const second = await open({ folder: await mkdtemp(join(suite.folder, 'second-')), keyFile });
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([endRun(), endRun(second)]);
        await Promise.all([tick(), tick(second)]);
      }
      const runId = await endRun(second);
      await tick(second);
      await expect.poll(async () => (await suite.store.verifyRun(scope, runId))?.checkpoint?.size).toBe(11);
      expect([health(), second.audit.checkpointer?.health().status]).toEqual(['OK', 'OK']);
    });
  });
}
