import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/reliability/crash-workflows.ts';
import { startDatabaseProxy } from '../support/reliability/database-proxy.ts';
import { startEventRecorder } from '../support/reliability/event-recorder.ts';
import { expectConsistent } from '../support/reliability/final-states.ts';
import { createLoadGenerator } from '../support/reliability/load-generator.ts';
import { startOutsideWorld } from '../support/reliability/outside-world.ts';
import { type Server, startServer } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { mountSmallDisk } from '../support/store/small-disk.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

/** Duration of the outage. */
const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS ?? 5);
const DISK_MIB = 24;

const mayMount = (() => {
  try {
    using _ = mountSmallDisk(1);
    return true;
  } catch {
    return false;
  }
})();
const needsRoot = mayMount || process.env.REQUIRE_SERVICES ? '' : ' (skipped: only root may mount the small disk)';

describe.skipIf(needsRoot)(`a server whose disk is full${needsRoot}`, () => {
  it('says so, loses nothing, and continues automatically when there is space again', async () => {
    await using folder = await createTempFolder();
    await using outside = await startOutsideWorld(folder.path);
    using disk = mountSmallDisk(DISK_MIB);
    await using server = await startServer({ dataDir: join(disk.path, 'data'), env: outside.env });
    const load = await createLoadGenerator({ random: seededRandom(2), url: outside.url });
    const recorder = await startEventRecorder(server.url, load.tokens.admin);
    try {
      await load.prepare(server);
      await load.start(server, 24);
      const users = await createTestUsers(server);
      const waiting = {
        name: 'waiting',
        steps: ['never', 'other'].map((name) => ({ id: name, kind: 'signal', input: { name } })),
      };
      const waitingIds: string[] = [];
      for (let i = 0; i < 5; i += 1) waitingIds.push((await users.start({ document: waiting }, { waitMs: 0 })).id);
      load.otherRunIds.push(...waitingIds);
      disk.fill();
      load.otherRunIds.push(...(await refusesOnFullDisk(server, users, waitingIds)));
      // Active runs reach a point where they have something to record, and wait there.
      expect(await load.start(server, 12)).toBe(0);
      await pause(1_000);
      expect(load.refusals.join()).toMatch(/free space|disk/i);
      disk.free();
      await until('it accepts runs again', async () => (await load.start(server, 1)) === 1);
      for (const runId of waitingIds) await users.change('cancelRun', { runId });
      await expectCleanEnd(server, { load, recorder, outside });
      expect(recorder.interruptions).toBe(0);
    } finally {
      recorder.stop();
    }
  });

  /** @returns the runs that were accepted nevertheless */
  async function refusesOnFullDisk(server: Server, users: TestUsers, waitingIds: readonly string[]) {
    const document = { name: 'small', steps: [{ id: 'rest', kind: 'sleep', input: { ms: 1 } }] };
    const large = { ...document, outputs: { note: 'x'.repeat(500_000) } };
    const accepted: string[] = [];
    const [waiting = '', ...others] = waitingIds;
    const requests = {
      run: () => users.start({ document }, { waitMs: 0 }),
      save: () => users.mutate('saveWorkflow', { source: { document: large } }, '... on Workflow { id }'),
      signal: () => users.change('sendSignal', { runId: waiting, name: 'other' }),
      cancel: () => users.change('cancelRun', { runId: others.pop() ?? waiting }),
    };
    for (const [name, request] of Object.entries(requests)) {
      // The store may have a little allocated space left.
      await until(`a ${name} is refused`, async () => {
        const { code, message, id = /^Run (run_\w+) is recorded/.exec(message)?.[1] } = await request();
        if (name === 'run' && id) accepted.push(id);
        return code === 'UNAVAILABLE';
      });
    }
    const headers = { 'content-type': 'text/plain' };
    const upload = { method: 'POST', headers, body: 'x'.repeat(200_000), token: users.tokens.alice };
    expect((await server.fetch('/artifacts?name=large', upload)).status).toBe(503);
    // Reads continue.
    const { runs } = await users.ask('{ runs(first: 5) { nodes { id state } } }', {}, 'admin');
    expect(runs.nodes).toHaveLength(5);
    return accepted;
  }
});

await onPostgres(() => {
  describe('a server whose database goes away', () => {
    it('says so, loses nothing, and continues automatically when it is back', async () => {
      await using folder = await createTempFolder();
      await using outside = await startOutsideWorld(folder.path);
      const database = await createMigratedDatabase();
      await using proxy = await startDatabaseProxy(database.url);
      try {
        await using server = await startServer({
          dataDir: join(folder.path, 'data'),
          env: { ...outside.env, DATABASE_URL: proxy.url },
        });
        const load = await createLoadGenerator({ random: seededRandom(3), url: outside.url });
        const recorder = await startEventRecorder(server.url, load.tokens.admin);
        try {
          await load.prepare(server);
          const leave = load.answerWaiting([server]);
          let stopped = false;
          const loading = (async () => {
            while (!stopped) {
              await load.start(server, 12);
              await pause(500);
            }
          })();
          await pause(1_500);
          await proxy.goAway();
          await pause(1_000);
          const result = await server.query('{ runs(first: 1) { nodes { id } } }', {}, load.tokens.admin);
          expect(result.errors?.[0].extensions.code).toBe('UNAVAILABLE');
          const health = await server.fetch('/health');
          expect(health.status).toBe(503);
          await pause(OUTAGE_SECONDS * 1_000);
          await proxy.comeBack();
          stopped = true;
          await Promise.all([loading, leave()]);
          expect(load.refusals.join()).toMatch(/server is running|connection was lost/);
          await until('it accepts runs again', async () => (await load.start(server, 1)) === 1);
          await expectCleanEnd(server, { load, recorder, outside });
        } finally {
          recorder.stop();
        }
      } finally {
        await database.remove();
      }
    });
  });
});

/** Repeats refused requests, and expects that everything ends. */
async function expectCleanEnd(server: Server, options: Parameters<typeof expectConsistent>[1]): Promise<void> {
  const { load, recorder } = options;
  const leave = load.answerWaiting([server]);
  await load.retryUnanswered(server);
  const ends = await expectConsistent(server, options);
  await leave();
  if (process.env.SHOW_NUMBERS) {
    const { refusals } = load;
    console.log(
      `${ends.size} runs, ${refusals.length} refusals such as "${refusals[0]}", ${recorder.interruptions} gaps`,
    );
  }
}
