import { setTimeout as sleep } from 'node:timers/promises';
import { rssMiB } from './closed-loop.ts';
import { BENCH_PRINCIPAL, openEngine } from './open-engine.ts';

/** The argument of the process, as JSON. */
export interface ParkingOrder {
  /** SQLite file. */
  readonly url: string;
  /** Runs that begin to wait before memory is first read, and between the two readings. */
  readonly warmUp: number;
  readonly waiting: number;
  /** Runs whose lateness is measured, due within a few seconds. */
  readonly timed: number;
}

export interface ParkingSample {
  /** From opening the engine until it serves. */
  readonly startMs: number;
  readonly growthMiB: number;
  /** Between the two readings of memory. */
  readonly seconds: number;
  /** How long after its time each run continued. */
  readonly lateMs: readonly number[];
}

const CONCURRENCY = 50;
const A_DAY_MS = 86_400_000;

async function main({ url, warmUp, waiting, timed }: ParkingOrder): Promise<void> {
  const beganAt = performance.now();
  const { engine, store, activeRuns } = await openEngine(url);
  const startMs = performance.now() - beganAt;
  const start = async (ms: number) => {
    const yaml = `name: wait\nsteps:\n  - { id: a, kind: sleep, input: { ms: ${ms} } }`;
    return (await engine.startWorkflow(BENCH_PRINCIPAL, { source: { yaml } })).run.id;
  };
  /** @param onStarted gets the id; the ids of all would take memory that is measured */
  const startMany = async (count: number, ms: () => number, onStarted: (id: string) => void = () => {}) => {
    let left = count;
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        onStarted(await start(ms()));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  };
  const allParked = async () => {
    while ((await activeRuns()) > 0) await sleep(50);
  };

  await startMany(warmUp, () => A_DAY_MS);
  await allParked();
  const before = rssMiB('now');
  const from = performance.now();
  await startMany(waiting, () => A_DAY_MS);
  await allParked();
  const seconds = (performance.now() - from) / 1_000;
  const growthMiB = rssMiB('now') - before;

  const ids: string[] = [];
  await startMany(
    timed,
    () => 4_000 + Math.floor(Math.random() * 4_000),
    (id) => void ids.push(id),
  );
  const lateMs: number[] = [];
  for (const id of ids) {
    for (;;) {
      const snapshot = await store.reader.snapshot({ tenant: BENCH_PRINCIPAL.tenant }, id);
      const { finishedAt, startedAt, input } = snapshot?.steps[0] ?? {};
      if (finishedAt && startedAt) {
        lateMs.push(finishedAt.getTime() - startedAt.getTime() - (input as { ms: number }).ms);
        break;
      }
      await sleep(50);
    }
  }
  const sample: ParkingSample = { startMs, growthMiB, seconds, lateMs };
  await new Promise((resolve) => process.send?.(sample, resolve));
  process.exit();
}

await main(JSON.parse(process.argv[2] ?? 'null') as ParkingOrder);
