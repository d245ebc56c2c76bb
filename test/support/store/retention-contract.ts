import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventPayloads, NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { Store } from '../../../src/store/open-store.ts';
import type { Retention } from '../../../src/store/retention/retention.ts';
import type { ArtifactHarness } from '../resources/artifact-contract.ts';
import type { StoreHarness } from './harness.ts';
import { artifactCreated, log, plannedStep, runCreated, textOutput, user } from './sample-events.ts';

const DAY_MS = 86_400_000;
const scope = { tenant: 'default' };

/** What every store promises of retention: old runs are removed completely, what is needed stays, and old cursors expire. */
export function retentionContract(
  makeHarness: () => Promise<StoreHarness>,
  makeArtifacts: () => Promise<ArtifactHarness>,
): void {
  describe('retention', () => {
    let harness: StoreHarness;
    let folder: string;
    let store: Store;
    let retention: Retention;
    let artifacts: ArtifactHarness;
    const now = new Date();
    beforeEach(async () => {
      harness = await makeHarness();
      folder = await mkdtemp(join(tmpdir(), 'signalbox-retention-'));
      store = await harness.open({ audit: { folder } });
      artifacts = await makeArtifacts();
      retention = store.startRetention({ artifacts: artifacts.store, clock: { now: () => now }, days: 30 });
    });
    afterEach(async () => {
      await retention.stop();
      await store.close();
      await harness.remove();
      await artifacts.close();
      await rm(folder, { recursive: true, force: true });
    });

    const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
    const putAt = async (text: string, at: Date) => {
      const { digest } = await artifacts.store.put(Buffer.from(text), { maxBytes: 1_000 });
      await artifacts.setTime(digest, at);
    };
    const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
    const moved = (from: 'PENDING' | 'RUNNING', to: 'RUNNING' | 'SUCCEEDED', at: Date): NewEvent => ({
      type: 'RUN_STATE_CHANGED',
      at,
      payload: { from, to },
    });

    /** A run with a row in each table, which ended that many days ago, or has not ended. */
    const make = async (
      days: number,
      more: Partial<EventPayloads['RUN_CREATED']> & { content?: string; ends?: boolean; logs?: number } = {},
    ) => {
      const { content = 'bytes', ends = true, logs = 1, ...created } = more;
      const at = daysAgo(days);
      const runId = newId('run', at.getTime());
      const asked: NewEvent = {
        type: 'APPROVAL_REQUESTED',
        at,
        step: 'one',
        payload: { id: newId('apr'), reason: 'x' },
      };
      const call = { id: newId('call'), tool: 'web.search' };
      const output = textOutput(`text of ${content}`);
      const events: NewEvent[] = [
        runCreated({ labels: { team: 'rail' }, steps: [plannedStep('one')], ...created }, at),
        ...Array.from({ length: logs }, () => log('line')),
        asked,
        { type: 'TOOL_CALLED', at, step: 'one', payload: { call: { ...call, arguments: {} } } },
        artifactCreated(content),
        {
          type: 'STEP_STATE_CHANGED',
          at,
          step: 'one',
          payload: { from: 'PENDING', to: 'SUCCEEDED', attempt: 1, output },
        },
        moved('PENDING', 'RUNNING', at),
        ...(ends ? [moved('RUNNING', 'SUCCEEDED', at)] : []),
      ];
      const { events: stored } = await store.journal.append(runId, 1, events);
      await putAt(content, at);
      return { runId, last: stored.at(-1)?.position ?? 0 };
    };
    const exists = async (runId: string) => (await store.reader.run(scope, runId)) !== undefined;
    const count = async (table: string) => {
      const [row] = await harness.query<{ n: number | string }>(`SELECT count(*) AS n FROM ${table}`);
      return Number(row?.n);
    };

    it('removes every row of a run that ended long ago, and keeps its leaf', async () => {
      const old = await make(31);
      const young = await make(29);
      expect(await retention.tick()).toEqual({ runs: 1, artifacts: 0 });
      expect([await exists(old.runId), await exists(young.runId)]).toEqual([false, true]);
      for (const table of ['runs', 'run_labels', 'steps', 'approvals', 'artifacts', 'tool_calls'])
        expect(await count(table)).toBe(1);
      expect(await harness.query('SELECT 1 FROM events WHERE run_id = ?', old.runId)).toEqual([]);
      expect(await count('leaves')).toBe(2);
      expect(await store.verifyRun(scope, young.runId)).toMatchObject({ valid: true });
      expect(await retention.tick()).toEqual({ runs: 0, artifacts: 0 });
    });

    it('removes the token usage of a run, and keeps the memories of its agents', async () => {
      const { runId } = await make(31);
      const use = { runId, who: user(), day: '2026-11-20', tokens: 60 };
      const limits = { perRun: 100, perPrincipalDay: 100 };
      const remembered = { id: 'a', text: 'it went well', at: daysAgo(31), runId };
      await store.tokens.reserve({ ...use, id: newId('call') }, limits);
      await store.memories.append(user('default'), 'notes', remembered);
      await retention.tick();
      expect(await count('token_usage')).toBe(0);
      expect(await store.memories.read('default', 'notes', 1_000)).toMatchObject({ text: 'it went well' });
    });

    it('removes dead letters after 30 days, also where runs are kept', async () => {
      const texts = {
        jobId: 'j',
        topic: 'job.a',
        reason: 'timeout',
        message: '',
        sender: 'c',
        traceId: 't',
        source: 's',
      };
      await store.deadLetters.add({ ...texts, ...scope, subject: 'alice', at: now });
      await retention.tick();
      expect(await count('dead_letters')).toBe(1);
      const clock = { now: () => new Date(now.getTime() + 31 * DAY_MS) };
      const later = store.startRetention({ artifacts: artifacts.store, clock, days: undefined });
      await later.tick();
      await later.stop();
      expect(await count('dead_letters')).toBe(0);
    });

    it('gives back what the artifacts and the workspace of a run count for', async () => {
      const { runId } = await make(31);
      await store.workspaceUsage.record({ id: runId, who: user() }, { bytes: 4_096, files: 2 }, daysAgo(31));
      await make(31, { principal: user('default', 'bob'), content: 'of bob' });
      const young = await make(29, { content: 'young' });
      await store.workspaceUsage.record({ id: young.runId, who: user() }, { bytes: 512, files: 1 }, daysAgo(29));
      await retention.tick();
      const usage = 'SELECT subject, quota, used FROM quota_usage WHERE used > 0 ORDER BY quota, subject';
      const rows = await harness.query<{ subject: string; quota: string; used: number | string }>(usage);
      expect(await exists(young.runId)).toBe(true);
      expect(rows.map(({ subject, quota, used }) => [quota, subject, Number(used)])).toEqual([
        ...[
          ['artifactBytes', '', 5],
          ['artifactBytes', 'alice', 5],
        ],
        ...[
          ['artifacts', '', 1],
          ['artifacts', 'alice', 1],
        ],
        ...[
          ['workspaceBytes', '', 512],
          ['workspaceBytes', 'alice', 512],
        ],
        ...[
          ['workspaceFiles', '', 1],
          ['workspaceFiles', 'alice', 1],
        ],
      ]);
    });

    it('keeps the tree intact: earlier and later ends stay covered', async () => {
      await make(40);
      await store.audit.checkpointer?.tick();
      const young = await make(1);
      await retention.tick();
      await store.audit.checkpointer?.tick();
      expect(await store.verifyRun(scope, young.runId)).toMatchObject({ valid: true, checkpoint: { size: 2 } });
      expect(store.audit.checkpointer?.health().status).toBe('OK');
    });

    it('keeps runs that have not ended, and those whose parent has not', async () => {
      const going = await make(60, { ends: false });
      const child = await make(50, { parentId: going.runId });
      const ended = await make(55);
      const orphan = await make(45, { parentId: ended.runId });
      expect((await retention.tick()).runs).toBe(2);
      const left = await Promise.all([going, child, ended, orphan].map(({ runId }) => exists(runId)));
      expect(left).toEqual([true, true, false, false]);
      await store.journal.append(going.runId, 8, [moved('RUNNING', 'SUCCEEDED', daysAgo(35))]);
      expect((await retention.tick()).runs).toBe(2);
      expect(await count('runs')).toBe(0);
    });

    it('removes many runs, and a run of many events', async () => {
      for (let runs = 0; runs < 120; runs += 1) await make(40);
      await make(40, { logs: 6_000 });
      const young = await make(1);
      expect((await retention.tick()).runs).toBe(121);
      expect([await count('runs'), await exists(young.runId)]).toEqual([1, true]);
      expect(await count('events')).toBe(8);
    });

    it('frees the idempotency key', async () => {
      const first = await make(40, { idempotencyKey: 'again' });
      await expect(make(1, { idempotencyKey: 'again' })).rejects.toMatchObject({ code: 'CONFLICT' });
      await retention.tick();
      const second = await make(1, { idempotencyKey: 'again' });
      expect([await exists(first.runId), await exists(second.runId)]).toEqual([false, true]);
    });

    it('rejects a reader whose cursor is older than what was removed', async () => {
      const first = await make(41);
      const second = await make(40);
      const young = await make(1);
      const page = (after: number, runId?: string) =>
        store.journal.page(after, runId === undefined ? {} : { runId }, scope, 100);
      await retention.tick();
      const expired = { code: 'CURSOR_EXPIRED', message: expect.stringMatching(/without a cursor/), path: ['after'] };
      for (const cursor of [1, first.last, second.last - 1]) {
        await expect(page(cursor)).rejects.toMatchObject(expired);
        const stream = store.journal.read(cursor, {}, scope, { signal: new AbortController().signal });
        await expect(stream.next()).rejects.toMatchObject(expired);
      }
      const shown = async (after: number) => (await page(after)).events.map(({ position }) => position);
      const left = Array.from({ length: 8 }, (_, index) => second.last + 1 + index);
      expect([await shown(0), await shown(second.last), await shown(young.last)]).toEqual([left, left, []]);
      const [batch] = [await store.journal.read(0, {}, scope, { signal: new AbortController().signal }).next()];
      expect(batch.value?.events).toHaveLength(8);
      expect((await page(1, young.runId)).events).toHaveLength(8);
    });

    it('removes bytes that no row refers to, and no others', async () => {
      await make(40, { content: 'old only' });
      await make(40, { content: 'shared' });
      await make(2, { content: 'shared' });
      await putAt('left behind by a crash', daysAgo(3));
      await putAt('on its way into the journal', new Date(now.getTime() - 3_600_000));
      await putAt('text of shared', daysAgo(40));
      expect(await retention.tick()).toEqual({ runs: 2, artifacts: 2 });
      const left = ['shared', 'on its way into the journal', 'text of shared'].map(digestOf);
      expect((await artifacts.names()).map((name) => basename(name))).toEqual(left.sort());
    });

    it('keeps every run if no days are set, and still removes unreferenced bytes', async () => {
      const { runId } = await make(4_000);
      await putAt('left behind by a crash', daysAgo(3));
      const keeping = store.startRetention({
        artifacts: artifacts.store,
        clock: { now: () => now },
        days: undefined,
      });
      expect(await keeping.tick()).toEqual({ runs: 0, artifacts: 1 });
      await keeping.stop();
      expect(await exists(runId)).toBe(true);
    });

    it('removes the folders of removed runs, and no others', async () => {
      const [old, young] = [await make(40), await make(2)];
      const removed: string[] = [];
      const workspaces = {
        async *unusedSince() {
          yield* [old.runId, young.runId];
        },
        remove: async (runId: string) => void removed.push(runId),
      };
      const clock = { now: () => now };
      const tidying = store.startRetention({ artifacts: artifacts.store, workspaces, clock, days: 30 });
      await tidying.tick();
      await tidying.stop();
      expect(removed).toEqual([old.runId]);
    });

    it('accepts appends meanwhile', async () => {
      for (let runs = 0; runs < 150; runs += 1) await make(40);
      const going = newId('run');
      await store.journal.append(going, 1, [runCreated()]);
      let seq = 2;
      let done = false;
      const appending = (async () => {
        for (; !done; seq += 1) await store.journal.append(going, seq, [log('x')]);
      })();
      const removed = retention.tick();
      expect((await removed).runs).toBe(150);
      done = true;
      await appending;
      expect(seq).toBeGreaterThan(4);
      expect(await store.verifyRun(scope, going)).toMatchObject({ valid: true, events: seq - 1 });
    });
  });
}
