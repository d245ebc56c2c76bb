import type { Clock } from '../../core/clock.ts';
import { type Leases, NEVER, type ParkedRun } from '../../core/leases.ts';
import type { Logger } from '../../core/telemetry.ts';
import { PARKED, type RunHandle, type Wait } from '../driver/drive-run.ts';
import type { RunRegistry } from '../driver/run-registry.ts';

/** A run that has waited this long is parked, unless it continues soon. */
const PARK_AFTER_MS = 1_000;
/** Shorter waits are not worth reading the run again. */
const MIN_WAIT_MS = 2_000;
/** Beyond this number of waiting runs in memory, the oldest are parked sooner. */
const MAX_WAITING = 512;
const MAX_RUNS_PER_STATEMENT = 512;

interface ParkingDeps {
  readonly leases: Pick<Leases, 'park'>;
  readonly runs: Pick<RunRegistry, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when runs were parked, with the time at which the first is due. */
  onParked(runIds: readonly string[], firstAt: number): void;
  /** Called with runs that have no driver, although they are not parked. */
  onNotParked(runIds: readonly string[]): void;
}

/** Takes runs that only wait out of memory. What is left of each is a row in the database. */
export interface Parking {
  /** Considers the run, which has just begun to wait. */
  consider(runId: string): void;
  /** Resolves when no run is being parked. Parks none from then on. */
  stop(): Promise<void>;
}

export function createParking({ leases, runs, clock, logger, onParked, onNotParked }: ParkingDeps): Parking {
  /** Waiting runs, and since when; the oldest first. */
  const waiting = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isParking = false;
  let parking: Promise<void> = Promise.resolve();
  let isStopped = false;

  /** Removes the runs from `waiting` that have waited long enough. @returns those that can be parked */
  const takeReady = (): (readonly [RunHandle, Wait])[] => {
    const ready: (readonly [RunHandle, Wait])[] = [];
    const now = performance.now();
    for (const [runId, since] of waiting) {
      if (ready.length === MAX_RUNS_PER_STATEMENT) break;
      if (waiting.size <= MAX_WAITING && now - since < PARK_AFTER_MS) break;
      waiting.delete(runId);
      const handle = runs.get(runId);
      const wait = handle?.waitsFor();
      if (handle && wait && wait.until - clock.now().getTime() >= MIN_WAIT_MS) ready.push([handle, wait]);
    }
    return ready;
  };

  const park = async (waits: ReturnType<typeof takeReady>): Promise<void> => {
    const entries = waits.map(([handle, { until, childIds, queue }]): ParkedRun => {
      const { id: runId, seq } = handle.run.record;
      handle.release(PARKED);
      return { runId, seq, until: Math.min(until, NEVER), childIds, ...(queue !== undefined && { queue }) };
    });
    let parked: ReadonlySet<string> = new Set();
    try {
      parked = new Set(await leases.park(entries));
    } catch (error) {
      logger.warn('parking.failed', { runs: entries.length, error: String(error) });
    }
    const [done, rest] = [
      entries.filter(({ runId }) => parked.has(runId)),
      entries.filter((e) => !parked.has(e.runId)),
    ];
    if (done.length > 0)
      onParked(
        done.map(({ runId }) => runId),
        Math.min(...done.map(({ until }) => until)),
      );
    if (rest.length > 0) onNotParked(rest.map(({ runId }) => runId));
  };

  const parkReady = async (): Promise<void> => {
    isParking = true;
    for (let ready = takeReady(); ready.length > 0 && !isStopped; ready = takeReady()) await park(ready);
    isParking = false;
    schedule();
  };

  const schedule = () => {
    const [oldest] = waiting.values();
    if (isStopped || isParking || oldest === undefined) return;
    clearTimeout(timer);
    const delay = waiting.size > MAX_WAITING ? 0 : Math.max(0, oldest + PARK_AFTER_MS - performance.now());
    timer = setTimeout(() => {
      parking = parkReady();
    }, delay);
  };

  return {
    consider(runId) {
      // It may have waited before, and begins again.
      waiting.delete(runId);
      waiting.set(runId, performance.now());
      if (waiting.size === 1 || waiting.size === MAX_WAITING + 1) schedule();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      waiting.clear();
      await parking;
    },
  };
}
