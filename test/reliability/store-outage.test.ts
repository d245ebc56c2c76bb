import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { seededRandom } from '../support/reliability/crash-workflows.ts';
import { startEventRecorder } from '../support/reliability/event-recorder.ts';
import { prepareExternalEffects } from '../support/reliability/external-effects.ts';
import { expectConsistent } from '../support/reliability/final-states.ts';
import { createLoadGenerator } from '../support/reliability/load-generator.ts';
import { type Server, startServer } from '../support/server.ts';
import { startDatabaseProxy } from '../support/store/database-proxy.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { mountSmallDisk } from '../support/store/small-disk.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

/** How long the database is away. */
const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS ?? 8);
/** An answer, also that there is none, comes within this. */
const OUTAGE_TIMEOUT_MS = 12_000;
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

/** Some thing, and how long it took. */
async function timed<T>(work: Promise<T>): Promise<{ readonly found: T; readonly ms: number }> {
  const began = performance.now();
  return { found: await work, ms: performance.now() - began };
}

describe.skipIf(needsRoot)(`a server whose disk is full${needsRoot}`, () => {
  it('says so, loses nothing, and goes on by itself when there is room again', { timeout: 90_000 }, async () => {
    await using folder = await createTempFolder();
    const { env, acts } = await prepareExternalEffects(folder.path);
    using disk = mountSmallDisk(DISK_MIB);
    await using server = await startServer({ dataDir: join(disk.path, 'data'), env });
    const crowd = await createLoadGenerator(seededRandom(2));
    const witness = await startEventRecorder(server.url, crowd.tokens.admin);
    try {
      await crowd.prepare(server);
      await crowd.start(server, 24);
      const people = await createTestUsers(server);
      const waiting = { name: 'waiting', steps: [{ id: 'wait', kind: 'signal', input: { name: 'never' } }] };
      const { id } = await people.start({ document: waiting }, { waitMs: 0 });
      crowd.others.push(id);
      disk.fill();
      await refusesOnFullDisk(server, people, id);
      // Runs under way come to where they have something to record, and stay there.
      expect(await crowd.start(server, 12)).toBe(0);
      await pause(1_000);
      expect(crowd.refusals.join()).toMatch(/free space|disk/i);
      disk.free();
      await until('it takes runs again', async () => (await crowd.start(server, 1)) === 1);
      await expectCleanEnd(server, { crowd, witness, acts });
      expect(witness.interruptions).toBe(0);
    } finally {
      witness.stop();
    }
  });

  async function refusesOnFullDisk(server: Server, people: TestUsers, waiting: string): Promise<void> {
    const document = { name: 'small', steps: [{ id: 'rest', kind: 'sleep', input: { ms: 1 } }] };
    const large = { ...document, outputs: { note: 'x'.repeat(500_000) } };
    const refused = { __typename: 'Refusal', code: 'UNAVAILABLE' };
    // A little room may be left in what the store has already allocated.
    await until(
      'a run is refused',
      async () => (await people.start({ document }, { waitMs: 0 })).code === 'UNAVAILABLE',
    );
    const answers = {
      save: await timed(people.mutate('saveWorkflow', { source: { document: large } }, '... on Workflow { id }')),
      signal: await timed(people.change('sendSignal', { runId: waiting, name: 'other' })),
      cancel: await timed(people.change('cancelRun', { runId: waiting })),
    };
    for (const [what, { found, ms }] of Object.entries(answers)) {
      expect({ what, found }).toMatchObject({ what, found: refused });
      expect(ms).toBeLessThan(OUTAGE_TIMEOUT_MS);
    }
    const headers = { 'content-type': 'text/plain' };
    const upload = { method: 'POST', headers, body: 'x'.repeat(200_000), token: people.tokens.alice };
    expect((await server.fetch('/artifacts?name=large', upload)).status).toBe(503);
    // Reading goes on.
    const { runs } = await people.ask('{ runs(first: 5) { nodes { id state } } }', {}, 'admin');
    expect(runs.nodes).toHaveLength(5);
  }
});

await onPostgres(() => {
  describe('a server whose database goes away', () => {
    it('says so, loses nothing, and goes on by itself when it is back', {
      timeout: 120_000 + OUTAGE_SECONDS * 1_000,
    }, async () => {
      await using folder = await createTempFolder();
      const { env, acts } = await prepareExternalEffects(folder.path);
      const database = await createScratchDatabase();
      await using proxy = await startDatabaseProxy(database.url);
      try {
        await using server = await startServer({
          dataDir: join(folder.path, 'data'),
          env: { ...env, DATABASE_URL: proxy.url },
        });
        const crowd = await createLoadGenerator(seededRandom(3));
        const witness = await startEventRecorder(server.url, crowd.tokens.admin);
        try {
          await crowd.prepare(server);
          const leave = crowd.answerWaiting([server]);
          let over = false;
          const load = (async () => {
            while (!over) {
              await crowd.start(server, 12);
              await pause(500);
            }
          })();
          await pause(1_500);
          await proxy.goAway();
          await pause(1_000);
          const { found, ms } = await timed(
            server.query('{ runs(first: 1) { nodes { id } } }', {}, crowd.tokens.admin),
          );
          expect(found.errors?.[0].extensions.code).toBe('UNAVAILABLE');
          expect(ms).toBeLessThan(OUTAGE_TIMEOUT_MS);
          const health = await server.fetch('/health');
          expect(health.status).toBe(503);
          await pause(Math.max(0, OUTAGE_SECONDS * 1_000 - 1_000 - ms));
          await proxy.comeBack();
          over = true;
          await Promise.all([load, leave()]);
          expect(crowd.refusals.join()).toMatch(/server runs|connection was lost/);
          await until('it takes runs again', async () => (await crowd.start(server, 1)) === 1);
          await expectCleanEnd(server, { crowd, witness, acts });
        } finally {
          witness.stop();
        }
      } finally {
        await database.remove();
      }
    });
  });
});

/** What was refused is asked for again, and everything comes to its end. */
async function expectCleanEnd(server: Server, how: Parameters<typeof expectConsistent>[1]): Promise<void> {
  const { crowd, witness } = how;
  const leave = crowd.answerWaiting([server]);
  await crowd.retryUnanswered(server);
  const ends = await expectConsistent(server, { ...how, ms: 45_000 });
  await leave();
  if (process.env.SHOW_NUMBERS) {
    const { refusals } = crowd;
    console.log(
      `${ends.size} runs, ${refusals.length} refusals such as "${refusals[0]}", ${witness.interruptions} gaps`,
    );
  }
}
