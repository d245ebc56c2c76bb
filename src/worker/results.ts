import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../bus/bus.ts';
import { SUBJECTS } from '../cap/subjects.ts';
import type { Logger } from '../core/telemetry.ts';
import { backoffDelayMs } from '../lib/backoff.ts';

const BACKOFF = { baseMs: 200, maxMs: 10_000, random: Math.random };
/** A result that could not be sent for so long is given up: the time limit of its job is over. */
const MAX_AGE_MS = 3_600_000;
/** Ids of jobs that are remembered with their results. */
const MAX_REMEMBERED = 2_000;

/** The results of jobs: each is sent until the bus keeps it, and remembered, in case its job is sent again. */
export interface Results {
  /** Whether the job has ended here; its result is then sent again. */
  repeat(jobId: string): boolean;
  send(jobId: string, packet: Uint8Array): void;
  /** Resolves when all were sent, or at the signal. @returns how many were not */
  sent(signal: AbortSignal): Promise<number>;
}

export function createResults(bus: Bus, logger: Logger): Results {
  const remembered = new Map<string, Uint8Array>();
  const sending = new Map<string, Promise<void>>();

  const deliver = async (jobId: string, packet: Uint8Array) => {
    const began = performance.now();
    for (let attempts = 1; ; attempts += 1) {
      try {
        await bus.publish(SUBJECTS.result, packet);
        return;
      } catch (error) {
        if (performance.now() - began > MAX_AGE_MS) {
          logger.error('worker.result_lost', { jobId, error: String(error) });
          return;
        }
        if (attempts === 1) logger.warn('worker.result_delayed', { jobId, error: String(error) });
      }
      await sleep(backoffDelayMs(attempts, BACKOFF), undefined, { ref: false });
    }
  };
  const send = (jobId: string, packet: Uint8Array) => {
    if (sending.has(jobId)) return;
    sending.set(
      jobId,
      deliver(jobId, packet).finally(() => sending.delete(jobId)),
    );
  };

  return {
    repeat(jobId) {
      const packet = remembered.get(jobId);
      if (packet) send(jobId, packet);
      return packet !== undefined;
    },
    send(jobId, packet) {
      remembered.set(jobId, packet);
      for (const oldest of remembered.keys()) {
        if (remembered.size <= MAX_REMEMBERED) break;
        remembered.delete(oldest);
      }
      send(jobId, packet);
    },
    async sent(signal) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      if (!signal.aborted) await Promise.race([Promise.all(sending.values()), aborted]);
      return sending.size;
    },
  };
}
