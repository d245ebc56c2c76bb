import { join } from 'node:path';
import { createTempFolder } from '../test/support/temp-folder.ts';
import type { Load } from './load/closed-loop.ts';
import { type BenchOptions, figure, median, quantile } from './load/figure.ts';
import { measure, PRODUCTION_FLAGS } from './load/measure.ts';

const FULL = { concurrentRuns: [1, 20, 200], maxProcesses: 2, rounds: 5, seconds: 4, warmUpSeconds: 2 };
const QUICK = { concurrentRuns: [20], maxProcesses: 1, rounds: 1, seconds: 2, warmUpSeconds: 1 };
const STEPS_PER_RUN = 3;
const DATABASE_SERVER_URL = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

interface Competitor {
  readonly name: string;
  /** The file in this folder that exports `open` (load/subject.ts). */
  readonly file: string;
  readonly database: 'SQLite' | 'PostgreSQL';
  readonly processes: number;
  readonly variant?: string;
  /** Options for Node, in addition to those of every measured process. */
  readonly flags?: readonly string[];
  /** Names of the competitors on the same database with which its runs per second are compared. */
  readonly comparedWith: readonly string[];
}

const LIMIT_NAME = 'batched inserts of the same rows';
const ACCEPTED_FIRST = 'accepted first';
const MAX_SPREAD = 2;
const JOBS = 'three jobs in sequence counted as a run';

/** Setups of Signalbox: each database, then two nodes on one database. */
const OURS = [
  { database: 'SQLite', processes: 1, comparedWith: [LIMIT_NAME] },
  { database: 'PostgreSQL', processes: 1, comparedWith: ['DBOS', LIMIT_NAME] },
  { database: 'PostgreSQL', processes: 2, comparedWith: ['DBOS', LIMIT_NAME] },
] as const;

const SIGNALBOX = { file: 'load/engine-subject.ts', flags: PRODUCTION_FLAGS } as const;

const COMPETITORS: readonly Competitor[] = [
  ...OURS.map((one): Competitor => ({ ...SIGNALBOX, ...one, name: 'Signalbox' })),
  ...OURS.map(
    (one): Competitor => ({ ...SIGNALBOX, ...one, name: 'Signalbox, accepted first', variant: ACCEPTED_FIRST }),
  ),
  { name: LIMIT_NAME, file: 'peers/batched-inserts.ts', database: 'SQLite', processes: 1, comparedWith: [] },
  { name: LIMIT_NAME, file: 'peers/batched-inserts.ts', database: 'PostgreSQL', processes: 1, comparedWith: [] },
  { name: 'DBOS', file: 'peers/dbos.ts', database: 'PostgreSQL', processes: 1, comparedWith: [LIMIT_NAME] },
  {
    name: `graphile-worker (${JOBS})`,
    file: 'peers/graphile-worker.ts',
    database: 'PostgreSQL',
    processes: 1,
    comparedWith: [LIMIT_NAME],
  },
  {
    name: `pg-boss (${JOBS})`,
    file: 'peers/pg-boss.ts',
    database: 'PostgreSQL',
    processes: 1,
    comparedWith: [LIMIT_NAME],
  },
];

/**
 * Workflows of three steps that do nothing, each durable before it counts, at 1, 20 and 200 concurrent runs. Each
 * competitor has separate processes and a separate database on the same disk. Rounds alternate, so that other load on
 * the machine affects all. CPU and memory are those of the measured processes, without the PostgreSQL server.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const { concurrentRuns, maxProcesses, rounds: roundCount, ...times } = quick ? QUICK : FULL;
  const { newDatabase } = await loadPeers();
  for (const concurrency of concurrentRuns) {
    const able = COMPETITORS.filter(({ processes }) => processes <= Math.min(concurrency, maxProcesses));
    const rounds = new Map<Competitor, Load[]>(able.map((one) => [one, []]));
    for (let round = 0; round < roundCount; round += 1) {
      for (const [one, loads] of rounds) {
        await using database = one.database === 'SQLite' ? await newFile() : await newDatabase(DATABASE_SERVER_URL);
        const module = new URL(one.file, import.meta.url).href;
        const { processes, variant, flags = [] } = one;
        const options = { module, concurrency, processes, flags, ...times, ...(variant !== undefined && { variant }) };
        loads.push(await measure({ ...options, url: database.url }));
      }
    }
    for (const [one, loads] of rounds) report(one, loads, concurrency, rounds);
    reportGoals(rounds, concurrency);
  }
}

/** The performance goals of Signalbox. */
const GOALS = [
  { database: 'SQLite', concurrency: 1, metric: 'p50', unit: 'ms', name: 'maximum', value: 5 },
  { database: 'SQLite', concurrency: 200, metric: 'rate', unit: 'runs/s', name: 'minimum', value: 3_000 },
  { database: 'PostgreSQL', concurrency: 200, metric: 'rate', unit: 'runs/s', name: 'minimum', value: 1_500 },
] as const;

function reportGoals(rounds: ReadonlyMap<Competitor, readonly Load[]>, concurrency: number): void {
  for (const goal of GOALS) {
    if (goal.concurrency !== concurrency) continue;
    for (const [one, loads] of rounds) {
      if (one.name !== 'Signalbox' || one.database !== goal.database || one.processes !== 1) continue;
      const n = loads.reduce((sum, { runs }) => sum + runs, 0);
      const value = median(loads.map((load) => (goal.metric === 'p50' ? quantile(load.latencies, 0.5) : rate(load))));
      const metric = `goal: ${one.database}, ${concurrency} concurrent, ${goal.metric === 'p50' ? 'p50' : 'runs'}`;
      figure({ bench: 'engine', metric, value, unit: goal.unit, n, peer: { name: goal.name, value: goal.value } });
    }
  }
}

type NewDatabase = (server: string) => Promise<AsyncDisposable & { readonly url: string }>;

/** A server is installed without the peers (`npm ci --omit=dev`), so they are loaded only here. */
async function loadPeers(): Promise<{ readonly newDatabase: NewDatabase }> {
  try {
    import.meta.resolve('@dbos-inc/dbos-sdk');
  } catch (cause) {
    throw new Error('The peers of this benchmark are not installed. Run `npm ci`, then try again.', { cause });
  }
  const { newDatabase } = await import('./peers/new-database.ts');
  return {
    newDatabase: (server) =>
      newDatabase(server).catch((cause: unknown) => {
        const advice =
          'Start a server there, or set BENCH_DATABASE_URL to a server where databases may be created and dropped.';
        throw new Error(`PostgreSQL does not answer at ${new URL(server).host}. ${advice}`, { cause });
      }),
  };
}

async function newFile(): ReturnType<NewDatabase> {
  const folder = await createTempFolder();
  return {
    url: join(folder.path, 'bench.db'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const rate = ({ runs, seconds }: Load) => runs / seconds;

function isSameButOneProcess(one: Competitor, other: Competitor): boolean {
  return other.processes === 1 && other.name === one.name && other.database === one.database;
}

function report(
  one: Competitor,
  loads: readonly Load[],
  concurrency: number,
  all: ReadonlyMap<Competitor, readonly Load[]>,
): void {
  const bench = 'engine';
  const processes = one.processes > 1 ? `, ${one.processes} processes` : '';
  const metric = `${one.name}, ${one.database}${processes}, ${concurrency} concurrent`;
  const n = loads.reduce((sum, { runs }) => sum + runs, 0);
  const of = (value: (load: Load) => number) => median(loads.map(value));

  const runs = { bench, metric, value: of(rate), unit: 'runs/s', n };
  const others = [...all].filter(([other]) => other.database === one.database && one.comparedWith.includes(other.name));
  const alone = [...all].filter(([other]) => one.processes > 1 && isSameButOneProcess(one, other));
  if (others.length === 0) figure(runs);
  for (const [{ name }, theirs] of others) figure({ ...runs, peer: { name, value: median(theirs.map(rate)) } });
  for (const [, theirs] of alone) figure({ ...runs, peer: { name: 'one process', value: median(theirs.map(rate)) } });

  figure({ ...runs, metric: `${metric}, steps`, value: of(rate) * STEPS_PER_RUN, unit: 'steps/s' });
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    figure({
      bench,
      metric: `${metric}, ${name}`,
      value: of((load) => quantile(load.latencies, share)),
      unit: 'ms',
      n,
    });
  }
  if (one.file === SIGNALBOX.file) {
    const value = of(({ latencies }) => quantile(latencies, 0.99) / quantile(latencies, 0.5));
    figure({
      bench,
      metric: `${metric}, p99 / p50`,
      value,
      unit: '×',
      n,
      peer: { name: 'maximum', value: MAX_SPREAD },
    });
  }
  const cpu = of((load) => (load.cpuSeconds * 1_000) / load.runs);
  figure({ bench, metric: `${metric}, CPU of the process`, value: cpu, unit: 'ms/run', n });
  figure({ bench, metric: `${metric}, RSS, peak`, value: of((load) => load.rssMiB), unit: 'MiB', n });
}
