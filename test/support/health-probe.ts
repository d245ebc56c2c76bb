import { expect } from 'vitest';
import type { Server } from './server.ts';

/** The longest that a healthy server may take to answer, on a busy machine. */
export const MAX_HEALTH_MS = 3_000;
const MAX_MEMORY_BYTES = 800 * 2 ** 20;
const INTERVAL_MS = 50;

export interface HealthProbe {
  /** Stops. Expects that the server always answered in time, lives, stayed within its memory and logged no error. */
  expectResponsive(): Promise<void>;
}

/** Asks a server for its health again and again. */
export function startHealthProbe(server: Server): HealthProbe {
  const times: number[] = [];
  let stopped = false;
  const probing = (async () => {
    while (!stopped) {
      const began = performance.now();
      const { status } = await server.fetch('/health');
      if (status !== 200) throw new Error(`GET /health returned ${status}`);
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  })();
  return {
    async expectResponsive() {
      stopped = true;
      await probing;
      const slowest = Math.max(...times);
      const peak = await server.memory('peak');
      expect(times.length).toBeGreaterThan(50);
      expect(slowest).toBeLessThan(MAX_HEALTH_MS);
      expect(server.process.exitCode).toBeNull();
      expect(peak).toBeLessThan(MAX_MEMORY_BYTES);
      expect(server.logged('step.bug')).toEqual([]);
      expect(server.log.filter((line) => /"level":"error"/.test(line))).toEqual([]);
      if (process.env.SHOW_NUMBERS) {
        const mib = (peak / 2 ** 20).toFixed(0);
        console.log(`health: ${times.length} requests, slowest ${slowest.toFixed(0)} ms; peak ${mib} MiB`);
      }
    },
  };
}
