import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { eventHash } from '../../../../src/audit/event-hash.ts';
import { parseNoteKey } from '../../../../src/audit/signed-note.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { AuditOptions } from '../../../../src/store/audit/open-audit.ts';
import type { Store } from '../../../../src/store/open-store.ts';
import type { StoreHarness } from '../harness.ts';
import { artifactCreated, finished, log, runCreated, textOutput } from '../sample-events.ts';

/** Longer than a test: the checkpointer signs when the test calls tick. */
const MANUAL_INTERVAL_MS = 3_600_000;

interface ForgedRow {
  readonly seq: number;
  readonly type: string;
  readonly at: Date | number;
  readonly step: string | null;
  readonly prev_hash: string;
  readonly payload: string;
}

/** A database, a folder and an open store with an audit tree for each test, and what these tests do with them. */
export function setUpAudit(makeHarness: () => Promise<StoreHarness>) {
  let harness: StoreHarness;
  let folder: string;
  let store: Store;
  const stores = new Set<Store>();
  beforeEach(async () => {
    harness = await makeHarness();
    folder = await mkdtemp(join(tmpdir(), 'signalbox-audit-'));
    await reopen();
  });
  afterEach(async () => {
    for (const each of stores) await each.close();
    stores.clear();
    await harness.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** One more store on the same database. */
  const open = async (audit: Partial<AuditOptions> = {}) => {
    const opened = await harness.open({ audit: { folder, intervalMs: MANUAL_INTERVAL_MS, ...audit } });
    stores.add(opened);
    return opened;
  };
  const close = async () => {
    if (stores.delete(store)) await store.close();
  };
  /** Replaces the store by a new one, as a restart does. */
  const reopen = async (audit: Partial<AuditOptions> = {}) => {
    await close();
    store = await open(audit);
  };
  const tick = (of = store) => of.audit.checkpointer?.tick();

  /** Appends a run of eight events: RUN_CREATED, three LOG, ARTIFACT_CREATED, and three until the end. */
  const endRun = async (of = store) => {
    const runId = newId('run');
    const lines = [log('one'), log('two'), log('three')];
    const events = [runCreated(), ...lines, artifactCreated('a'), ...finished(textOutput('out'))];
    await of.journal.append(runId, 1, events);
    return runId;
  };

  return {
    get harness() {
      return harness;
    },
    get folder() {
      return folder;
    },
    get store() {
      return store;
    },
    open,
    close,
    reopen,
    tick,
    endRun,
    /** Appends such a run, and has its end signed. */
    signRun: async () => {
      const runId = await endRun();
      await tick();
      return runId;
    },
    health: () => store.audit.checkpointer?.health().status,
    /** The notes of the file, in their order. */
    notes: async () => (await readFile(join(folder, 'checkpoints.log'), 'utf8')).match(/(.*\n){5}/g) ?? [],
    key: () => parseNoteKey(store.audit.checkpointer?.publicKey ?? ''),
    /** The sizes of the checkpoints in the database. */
    sizes: async () => {
      const rows = await harness.query<{ size: number | string }>('SELECT size FROM checkpoints ORDER BY size');
      return rows.map(({ size }) => Number(size));
    },
    /** Changes an event, and recomputes the chain after it, up to the head. @returns the new head */
    forge: async (runId: string) => {
      const rows = await harness.query<ForgedRow>('SELECT * FROM events WHERE run_id = ? ORDER BY seq', runId);
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
    },
  };
}
