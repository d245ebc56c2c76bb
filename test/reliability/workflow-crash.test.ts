import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { seededRandom } from '../support/reliability/crash-workflows.ts';
import { startEventRecorder } from '../support/reliability/event-recorder.ts';
import { prepareExternalEffects } from '../support/reliability/external-effects.ts';
import { expectConsistent, loggedBugs } from '../support/reliability/final-states.ts';
import { createLoadGenerator } from '../support/reliability/load-generator.ts';
import { startServer } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

/** Number of kills on each database; CRASH_ROUNDS sets it. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 6);
/** The same seed gives the same runs and the same times of the kills. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RUNS_PER_ROUND = 40;
/** Twice the lease, and time for the remaining work. */
const END_MS = 60_000;

async function crash(database: Record<string, string>) {
  await using folder = await createTempFolder();
  const { env, effectsDir } = await prepareExternalEffects(folder.path);
  const start = () => startServer({ dataDir: join(folder.path, 'data'), env: { ...env, ...database } });
  const random = seededRandom(SEED);
  const load = await createLoadGenerator(random);
  const proxy = await startCuttingProxy(0);
  const proxied = (url: string) => proxy.redirect(Number(new URL(url).port));
  let recorder: Awaited<ReturnType<typeof startEventRecorder>> | undefined;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await using server = await start();
      proxied(server.url);
      if (!recorder) {
        recorder = await startEventRecorder(proxy.url, load.tokens.admin);
        await load.prepare(server);
      }
      const stopAnswering = load.answerWaiting([server]);
      const seen = recorder.events.length;
      let killed = false;
      const starting = load.start(server, RUNS_PER_ROUND, () => killed);
      const back = () => (recorder?.events.length ?? 0) > seen;
      await until('the recorder has reconnected', back, 30_000);
      await new Promise((resolve) => setTimeout(resolve, random() * 1_000));
      killed = true;
      await server.stop('SIGKILL');
      await Promise.all([starting, stopAnswering()]);
      expect(loggedBugs(server)).toEqual([]);
    }
    await using server = await start();
    proxied(server.url);
    await load.retryUnanswered(server);
    const stopAnswering = load.answerWaiting([server]);
    if (!recorder) throw new Error('CRASH_ROUNDS must be at least 1');
    const ends = await expectConsistent(server, { load, recorder, effectsDir, ms: END_MS });
    await stopAnswering();
    expect(load.requests.length).toBeGreaterThan(ROUNDS);
    expect(recorder.interruptions).toBeGreaterThanOrEqual(ROUNDS);
    if (process.env.SHOW_NUMBERS) {
      const { events, interruptions } = recorder;
      console.log(`seed ${SEED}: ${ROUNDS} kills, ${ends.size} runs, ${events.length} events, ${interruptions} gaps`);
    }
  } catch (error) {
    throw new Error(`with SEED=${SEED}: ${(error as Error).message}`, { cause: error });
  } finally {
    recorder?.stop();
    await proxy.stop();
  }
}

const TIMEOUT_MS = 60_000 + END_MS + ROUNDS * 10_000;

describe('workflows on a server that is killed again and again', { timeout: TIMEOUT_MS }, () => {
  it('all end, and subscribers miss nothing, on SQLite', () => crash({}));
});

await onPostgres(() => {
  describe('workflows on a server that is killed again and again', { timeout: TIMEOUT_MS }, () => {
    it('all end, and subscribers miss nothing, on PostgreSQL', async () => {
      const { url, remove } = await createMigratedDatabase();
      await crash({ DATABASE_URL: url }).finally(remove);
    });
  });
});
