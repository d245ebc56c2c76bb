import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { seededRandom } from '../support/reliability/crash-workflows.ts';
import { startEventRecorder } from '../support/reliability/event-recorder.ts';
import { prepareExternalEffects } from '../support/reliability/external-effects.ts';
import { expectConsistent, loggedBugs } from '../support/reliability/final-states.ts';
import { createLoadGenerator } from '../support/reliability/load-generator.ts';
import { startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

/** How often a server is killed, on each database; CRASH_ROUNDS makes it more. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 6);
/** The same seed gives the same runs, and kills after the same times. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RUNS_PER_ROUND = 40;
/** Twice a lease, and time to do what is left. */
const END_MS = 60_000;

async function crash(database: Record<string, string>) {
  await using folder = await createTempFolder();
  const { env, acts } = await prepareExternalEffects(folder.path);
  const start = () => startServer({ dataDir: join(folder.path, 'data'), env: { ...env, ...database } });
  const random = seededRandom(SEED);
  const crowd = await createLoadGenerator(random);
  const proxy = await startCuttingProxy(0);
  const proxied = (url: string) => proxy.redirect(Number(new URL(url).port));
  let witness: Awaited<ReturnType<typeof startEventRecorder>> | undefined;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await using server = await start();
      proxied(server.url);
      if (!witness) {
        witness = await startEventRecorder(proxy.url, crowd.tokens.admin);
        await crowd.prepare(server);
      }
      const leave = crowd.answerWaiting([server]);
      const seen = witness.events.length;
      let killed = false;
      const starting = crowd.start(server, RUNS_PER_ROUND, () => killed);
      const back = () => (witness?.events.length ?? 0) > seen;
      await until('the witness is back', back, 30_000);
      await new Promise((resolve) => setTimeout(resolve, random() * 1_000));
      killed = true;
      await server.stop('SIGKILL');
      await Promise.all([starting, leave()]);
      expect(loggedBugs(server)).toEqual([]);
    }
    await using server = await start();
    proxied(server.url);
    await crowd.retryUnanswered(server);
    const leave = crowd.answerWaiting([server]);
    if (!witness) throw new Error('there was no round');
    const ends = await expectConsistent(server, { crowd, witness, acts, ms: END_MS });
    await leave();
    expect(crowd.asked.length).toBeGreaterThan(ROUNDS);
    expect(witness.interruptions).toBeGreaterThanOrEqual(ROUNDS);
    if (process.env.SHOW_NUMBERS) {
      const { events, interruptions } = witness;
      console.log(`seed ${SEED}: ${ROUNDS} kills, ${ends.size} runs, ${events.length} events, ${interruptions} gaps`);
    }
  } catch (error) {
    throw new Error(`with SEED=${SEED}: ${(error as Error).message}`, { cause: error });
  } finally {
    witness?.stop();
    await proxy.stop();
  }
}

const TIMEOUT_MS = 60_000 + END_MS + ROUNDS * 10_000;

describe('workflows on a server that is killed again and again', { timeout: TIMEOUT_MS }, () => {
  it('all come to their end, and nobody misses anything, on SQLite', () => crash({}));
});

await onPostgres(() => {
  describe('workflows on a server that is killed again and again', { timeout: TIMEOUT_MS }, () => {
    it('all come to their end, and nobody misses anything, on PostgreSQL', async () => {
      const { url, remove } = await createScratchDatabase();
      await crash({ DATABASE_URL: url }).finally(remove);
    });
  });
});
