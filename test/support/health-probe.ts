import { expect } from 'vitest';
import type { Server } from './server.ts';

/** Processor time of the main thread within which a server answers; more, and one request keeps it from answering others. */
const MAX_MAIN_THREAD_MS = 2_000;
const MAX_MEMORY_BYTES = 800 * 2 ** 20;
const INTERVAL_MS = 50;

export interface HealthProbe {
  /** Stops. Expects that the server always answered, lives, stayed within its memory and logged no error. */
  expectResponsive(): Promise<void>;
}

/** Asks a server for its health again and again. */
export function startHealthProbe(server: Server): HealthProbe {
  let stopped = false;
  const probing = probeWhile(server, () => !stopped);
  return {
    async expectResponsive() {
      stopped = true;
      expect(await probing).toBeGreaterThan(50);
      const peak = await server.memory('peak');
      expect(server.process.exitCode).toBeNull();
      expect(peak).toBeLessThan(MAX_MEMORY_BYTES);
      expect(server.logged('step.bug')).toEqual([]);
      expect(server.log.filter((line) => /"level":"error"/.test(line))).toEqual([]);
      if (process.env.SHOW_NUMBERS) console.log(`health: peak ${(peak / 2 ** 20).toFixed(0)} MiB`);
    },
  };
}

/** Expects that a server answers while work on it is done. @returns the result of the work */
export async function whileResponsive<T>(server: Server, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  const [result] = await Promise.all([done, probeWhile(server, () => !isDone)]);
  return result;
}

/** @returns the number of answers */
async function probeWhile(server: Server, isGoingOn: () => boolean): Promise<number> {
  let answers = 0;
  let most = 0;
  while (isGoingOn()) {
    const before = await server.mainThreadMs();
    expect((await server.fetch('/health')).status).toBe(200);
    most = Math.max(most, (await server.mainThreadMs()) - before);
    answers += 1;
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  if (process.env.SHOW_NUMBERS)
    console.log(`health: ${answers} answers, the main thread used at most ${most} ms for one`);
  expect(most).toBeLessThan(MAX_MAIN_THREAD_MS);
  return answers;
}
