import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { seededRandom } from '../support/reliability/crash-workflows.ts';
import { type EventRecorder, startEventRecorder } from '../support/reliability/event-recorder.ts';
import { expectBytes, expectConsistent, loggedBugs } from '../support/reliability/final-states.ts';
import { createLoadGenerator } from '../support/reliability/load-generator.ts';
import { startOutsideWorld } from '../support/reliability/outside-world.ts';
import { startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

/** Number of kills on each database. `npm run crash-rounds` has more. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 3);
/** The same seed gives the same runs and the same times of the kills. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RUNS_PER_ROUND = 40;

/** Knows the server by its public API alone: a process, its environment, GraphQL over HTTP and WebSocket. */
async function crash(database: Record<string, string>) {
  await using folder = await createTempFolder();
  await using outside = await startOutsideWorld(folder.path);
  const start = () => startServer({ dataDir: join(folder.path, 'data'), env: { ...outside.env, ...database } });
  const random = seededRandom(SEED);
  const load = await createLoadGenerator({ random, url: outside.url });
  const proxy = await startCuttingProxy(0);
  const proxied = (url: string) => proxy.redirect(Number(new URL(url).port));
  let recorder: EventRecorder | undefined;
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
      await until('the recorder has reconnected', back);
      await new Promise((resolve) => setTimeout(resolve, random() * 1_000));
      killed = true;
      await server.stop('SIGKILL');
      await Promise.all([starting, stopAnswering()]);
      expect(loggedBugs(server)).toEqual([]);
    }
    await using server = await start();
    proxied(server.url);
    const stopAnswering = load.answerWaiting([server]);
    await load.retryUnanswered(server);
    if (!recorder) throw new Error('CRASH_ROUNDS must be at least 1');
    const ends = await expectConsistent(server, { load, recorder, outside });
    await expectBytes(server, load);
    await stopAnswering();
    expect(load.requests.length).toBeGreaterThan(ROUNDS);
    expect(recorder.interruptions).toBeGreaterThanOrEqual(ROUNDS);
    if (process.env.SHOW_NUMBERS) {
      const { events, interruptions } = recorder;
      const unanswered = load.retried;
      console.log(
        `seed ${SEED}: ${ROUNDS} kills, ${ends.size} runs, ${unanswered} requests without an answer, ${events.length} events, ${interruptions} gaps`,
      );
    }
  } catch (error) {
    throw new Error(`with SEED=${SEED}: ${(error as Error).message}`, { cause: error });
  } finally {
    recorder?.stop();
    await proxy.stop();
  }
}

const TIMEOUT_MS = 120_000 + ROUNDS * 30_000;

describe('a server that is killed again and again', { timeout: TIMEOUT_MS }, () => {
  it('loses no run, ends all of them, and its subscribers miss nothing, on SQLite', () => crash({}));
});

await onPostgres(() => {
  describe('a server that is killed again and again', { timeout: TIMEOUT_MS }, () => {
    it('loses no run, ends all of them, and its subscribers miss nothing, on PostgreSQL', async () => {
      const { url, remove } = await createScratchDatabase();
      await crash({ DATABASE_URL: url }).finally(remove);
    });
  });
});
