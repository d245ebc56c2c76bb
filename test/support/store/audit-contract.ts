import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/audit/checkpoint-note.ts';
import { eventHash } from '../../../src/audit/event-hash.ts';
import { parseNoteKey } from '../../../src/audit/signed-note.ts';
import { verifyConsistency, verifyRunOffline } from '../../../src/audit/verify-offline.ts';
import { newId } from '../../../src/core/ids.ts';
import type { AuditOptions } from '../../../src/store/audit/open-audit.ts';
import type { Store } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';
import { artifactCreated, finished, log, runCreated, textOutput } from './sample-events.ts';

const scope = { tenant: 'default' };

/** Longer than a test: it looks when the test says so. */
const MANUAL_INTERVAL_MS = 3_600_000;

/** What every store promises of its signed tree: it covers every end of a run, and finds whoever rewrites one. */
export function auditContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the audit tree', () => {
    let harness: StoreHarness;
    let folder: string;
    let store: Store;
    const opened: Store[] = [];
    beforeEach(async () => {
      harness = await makeHarness();
      folder = await mkdtemp(join(tmpdir(), 'signalbox-audit-'));
      store = await open();
    });
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.close();
      await harness.remove();
      await rm(folder, { recursive: true, force: true });
    });

    const open = async (audit: Partial<AuditOptions> = {}) => {
      const found = await harness.open({ audit: { folder, intervalMs: MANUAL_INTERVAL_MS, ...audit } });
      opened.push(found);
      return found;
    };
    const reopen = async (audit: Partial<AuditOptions> = {}) => {
      await close();
      store = await open(audit);
    };
    const close = async () => {
      opened.splice(opened.indexOf(store), 1);
      await store.close();
    };
    const tick = (of = store) => of.audit.checkpointer?.tick();
    const health = () => store.audit.checkpointer?.health().status;
    const notes = async () => (await readFile(join(folder, 'checkpoints.log'), 'utf8')).match(/(.*\n){5}/g) ?? [];
    const key = () => parseNoteKey(store.audit.checkpointer?.publicKey ?? '');
    const sizes = async () => {
      const rows = await harness.query<{ size: number | string }>('SELECT size FROM checkpoints ORDER BY size');
      return rows.map(({ size }) => Number(size));
    };

    /** Eight events: RUN_CREATED, three LOG, ARTIFACT_CREATED, and three until the end. */
    const ended = async (of = store) => {
      const runId = newId('run');
      const lines = [log('one'), log('two'), log('three')];
      const events = [runCreated(), ...lines, artifactCreated('a'), ...finished(textOutput('out'))];
      await of.journal.append(runId, 1, events);
      return runId;
    };
    const signed = async () => {
      const runId = await ended();
      await tick();
      return runId;
    };
    /** Changes an event, and makes a whole new chain from there, with its head. */
    const forge = async (runId: string) => {
      const rows = await harness.query<{
        seq: number;
        type: string;
        at: Date | number;
        step: string | null;
        prev_hash: string;
        payload: string;
      }>('SELECT * FROM events WHERE run_id = ? ORDER BY seq', runId);
      let prevHash = rows[0]?.prev_hash ?? '';
      for (const { seq, type, at, step, payload } of rows) {
        const forged = payload.replace('two', 'TWO');
        const event = { type, at: new Date(at), step: step ?? undefined, payload: forged };
        const hash = eventHash(runId, seq, prevHash, event);
        await harness.tamper(
          'UPDATE events SET payload = ?, prev_hash = ?, hash = ? WHERE run_id = ? AND seq = ?',
          ...[forged, prevHash, hash, runId, seq],
        );
        prevHash = hash;
      }
      await harness.tamper('UPDATE runs SET head_hash = ? WHERE id = ?', prevHash, runId);
      return prevHash;
    };

    it('signs the end of a run within its second, in the file and in the database', async () => {
      await reopen({ intervalMs: 400 });
      const runId = await ended();
      await expect
        .poll(async () => (await store.verifyRun(scope, runId))?.checkpoint, { timeout: 3_000, interval: 50 })
        .toBeDefined();
      const found = await store.verifyRun(scope, runId);
      const [note = ''] = await notes();
      const head = openCheckpoint(note, key());
      expect(found).toMatchObject({ valid: true, problems: [] });
      expect(found?.checkpoint).toEqual({
        size: 1,
        rootHash: Buffer.from(head.root).toString('hex'),
        signature: head.signature.toString('base64'),
        keyId: key().id,
        at: expect.any(Date),
      });
    });

    it('signs again only when another run has ended', async () => {
      await signed();
      const going = newId('run');
      await store.journal.append(going, 1, [runCreated(), log('still going')]);
      await tick();
      expect(await sizes()).toEqual([1]);
      await ended();
      await ended();
      await tick();
      expect(await sizes()).toEqual([1, 3]);
      expect((await notes()).map((note) => openCheckpoint(note, key()).size)).toEqual([1, 3]);
      expect(await store.verifyRun(scope, going)).not.toHaveProperty('checkpoint');
    });

    it('covers both ends of a run that went on after its first', async () => {
      const runId = newId('run');
      const at = new Date();
      await store.journal.append(runId, 1, [
        runCreated(),
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'PENDING', to: 'FAILED' } },
      ]);
      await tick();
      await store.journal.append(runId, 3, [
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'FAILED', to: 'RUNNING' } },
      ]);
      expect(await store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 1 } });
      await store.journal.append(runId, 4, [
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
      ]);
      await tick();
      expect(await store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
      await harness.tamper('UPDATE leaves SET hash = ? WHERE run_id = ? AND seq = 2', 'f'.repeat(64), runId);
      expect(await store.verifyRun(scope, runId)).toMatchObject({ valid: false, firstInvalidSeq: 2 });
    });

    it('knows positions of more than 32 bits', async () => {
      await signed();
      await close();
      await harness.tamper('UPDATE journal SET position = 5000000000 WHERE id = 1');
      store = await open();
      const runId = await signed();
      expect(await store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
      expect(await store.audit.exportRun(scope, runId)).toMatchObject({ inclusion: { index: 1 } });
      await reopen();
      expect(health()).toBe('OK');
    });

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
      const first = await signed();
      const [other, runId] = [await ended(), await signed()];
      expect(await store.verifyRun(scope, runId)).toMatchObject({ valid: true, checkpoint: { size: 3 } });
      for (const sql of statements) {
        await harness.tamper(sql.replaceAll('$run', `'${runId}'`).replaceAll('$other', `'${other}'`));
      }
      const found = await store.verifyRun(scope, runId);
      expect(found).toMatchObject({ valid: false, firstInvalidSeq });
      expect(found).not.toHaveProperty('checkpoint');
      expect(await notes()).toHaveLength(2);
      expect(first).not.toBe(runId);
    });

    it('finds a whole chain that was made anew, only by its leaf, by its checkpoint, and by the file', async () => {
      const runId = await signed();
      const head = await forge(runId);
      expect(await store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 8,
        problems: ['seq 8: its hash is not the one in the audit tree'],
      });
      await harness.tamper('UPDATE leaves SET hash = ? WHERE run_id = ?', head, runId);
      expect(await store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 8,
        problems: ['seq 8: the leaves do not lead to the root of the checkpoint of 1 leaves'],
      });
      await harness.tamper('DELETE FROM checkpoints');
      expect(await store.verifyRun(scope, runId)).toMatchObject({
        firstInvalidSeq: 8,
        problems: ['seq 8: the checkpoint that covered it is gone'],
      });
      await reopen();
      expect(health()).toBe('DEGRADED');
    });

    it('signs nothing more once history was rewritten, and says so after a restart too', async () => {
      const runId = await signed();
      await harness.tamper('UPDATE leaves SET hash = ? WHERE run_id = ?', await forge(runId), runId);
      await harness.tamper('DELETE FROM checkpoints');
      await ended();
      await tick();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['DEGRADED', [], 1]);
      await reopen();
      await ended();
      await tick();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['DEGRADED', [], 1]);
    });

    it('refuses a database that is older than the file', async () => {
      await signed();
      await signed();
      await close();
      for (const sql of ['DELETE FROM checkpoints WHERE size = 2', 'DELETE FROM leaves WHERE position > 8']) {
        await harness.tamper(sql);
      }
      store = await open();
      expect(health()).toBe('DEGRADED');
    });

    it('goes on after a restart, and after one between a note and its row', async () => {
      await signed();
      await reopen();
      const second = await signed();
      expect([health(), await sizes()]).toEqual(['OK', [1, 2]]);
      await close();
      await harness.tamper('DELETE FROM checkpoints WHERE size = 2');
      store = await open();
      await tick();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['OK', [1, 2], 2]);
      expect(await store.verifyRun(scope, second)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
    });

    it('goes on where another node has signed since, and its own last row was never stored', async () => {
      for (let runs = 0; runs < 3; runs += 1) await signed();
      const mine = (await notes()).slice(0, 2);
      await close();
      await harness.tamper('DELETE FROM checkpoints WHERE size = 2');
      await writeFile(join(folder, 'checkpoints.log'), mine.join(''));
      store = await open();
      expect([health(), await sizes()]).toEqual(['OK', [1, 2, 3]]);
      await signed();
      expect((await notes()).map((note) => openCheckpoint(note, key()).size)).toEqual([1, 2, 4]);
    });

    it('cuts off what a crash left of a note, and goes on without a file that was lost', async () => {
      await signed();
      await close();
      const file = join(folder, 'checkpoints.log');
      const whole = await readFile(file, 'utf8');
      await writeFile(file, whole + whole.slice(0, -20));
      store = await open();
      await signed();
      expect([health(), (await notes()).map((note) => openCheckpoint(note, key()).size)]).toEqual(['OK', [1, 2]]);
      await close();
      await rm(file);
      store = await open();
      await signed();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['OK', [1, 2, 3], 1]);
    });

    it('continues the tree with another key, once it was computed anew', async () => {
      const first = await signed();
      const old = key().id;
      await reopen({ folder: await mkdtemp(join(folder, 'new-')) });
      expect(key().id).not.toBe(old);
      // It vouches for nothing that it has not signed, and complains of nothing either.
      const unsigned = await store.verifyRun(scope, first);
      expect([unsigned?.valid, unsigned?.checkpoint]).toEqual([true, undefined]);
      await signed();
      expect(health()).toBe('OK');
      expect(await store.verifyRun(scope, first)).toMatchObject({
        valid: true,
        checkpoint: { size: 2, keyId: key().id },
      });
    });

    it('does not continue the file of another key', async () => {
      await signed();
      const keyFile = join(folder, 'other.pem');
      await writeFile(keyFile, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
      await reopen({ keyFile });
      await signed();
      expect([health(), await sizes(), (await notes()).length]).toEqual(['DEGRADED', [1], 1]);
    });

    it('exports a run that is verified without the store', async () => {
      for (let runs = 0; runs < 5; runs += 1) await signed();
      await ended();
      const runId = await ended();
      await signed();
      const text = JSON.stringify(await store.audit.exportRun(scope, runId));
      const trusted = store.audit.checkpointer?.publicKey;
      expect(verifyRunOffline(JSON.parse(text), trusted)).toMatchObject({
        valid: true,
        events: 8,
        problems: [],
        checkpoint: { size: 8, keyId: key().id },
        keyTrusted: true,
      });
      expect(verifyRunOffline(JSON.parse(text))).toMatchObject({ valid: true, keyTrusted: false });
      expect(verifyRunOffline(JSON.parse(text.replace('two', 'TWO')), trusted)).toMatchObject({ firstInvalidSeq: 3 });
      expect(await store.audit.exportRun({ tenant: 'other' }, runId)).toBeUndefined();
      const tooLarge = store.audit.exportRun(scope, runId, 8 * 512);
      await expect(tooLarge).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE', details: { maxBytes: 8 * 512 } });
    });

    it('exports a run that goes on without a place in the tree', async () => {
      const runId = newId('run');
      await store.journal.append(runId, 1, [runCreated(), log('going')]);
      const exported = await store.audit.exportRun(scope, runId);
      expect(exported).not.toHaveProperty('inclusion');
      expect(verifyRunOffline(exported as NonNullable<typeof exported>)).toMatchObject({ valid: true, events: 2 });
    });

    it('shows that its newest tree begins with each older one', async () => {
      for (let runs = 0; runs < 6; runs += 1) await signed();
      const known = await notes();
      for (let size = 1; size <= 6; size += 1) {
        const { older, newer, proof } = await store.audit.exportConsistency(size);
        expect(older).toBe(known[size - 1]);
        verifyConsistency(older, newer, proof, key());
      }
      await expect(store.audit.exportConsistency(7)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const { older, newer, proof } = await store.audit.exportConsistency(3);
      expect(() => verifyConsistency(older, newer, proof.slice(1), key())).toThrow(/does not begin with/);
    });

    it('is signed by several nodes with one key, each of which goes on from the other’s', async () => {
      if (harness.kind === 'sqlite') return;
      const keyFile = join(folder, 'checkpoint-key.pem');
      const second = await open({ folder: await mkdtemp(join(folder, 'second-')), keyFile });
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([ended(), ended(second)]);
        await Promise.all([tick(), tick(second)]);
      }
      const runId = await ended(second);
      await tick(second);
      await expect.poll(async () => (await store.verifyRun(scope, runId))?.checkpoint?.size).toBe(11);
      expect([health(), second.audit.checkpointer?.health().status]).toEqual(['OK', 'OK']);
    });
  });
}
