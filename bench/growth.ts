import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createScratchDatabase } from '../scripts/scratch-database.ts';
import { type Server, startServer, tokenFor } from '../test/support/server.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { type BenchOptions, figure, median } from './load/figure.ts';
import { connect, type FillTarget, fillStore } from './load/fill-store.ts';
import { queriesOf, readSample, type Sample } from './load/growth-queries.ts';
import { measureStore, openFilledStore } from './load/growth-store.ts';
import { measureStreams } from './load/growth-streams.ts';

const SMALL_RUNS = 1_000;
const COUNTS = { full: { runs: 1_000_000, rounds: 7, starts: 5 }, quick: { runs: 20_000, rounds: 2, starts: 1 } };

/** One store of a size, and what opens it. */
export interface Subject {
  readonly runs: number;
  readonly target: FillTarget;
  start(): Promise<Server>;
}

/**
 * What grows with the number of stored runs: starts, queries, subscriptions and retention with 1,000,000 runs (20,000 if quick), next to
 * 1,000 runs, on both databases. The peer's value is that of the small store, so the ratio says how much.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const settings = quick ? COUNTS.quick : COUNTS.full;
  for (const kind of ['sqlite', 'postgres'] as const) {
    await using folder = await createTempFolder();
    await using opened = new AsyncDisposableStack();
    const subjects: Subject[] = [];
    for (const runs of [SMALL_RUNS, settings.runs]) {
      const dataDir = join(folder.path, String(runs));
      await mkdir(dataDir);
      const scratch = kind === 'postgres' ? await createScratchDatabase() : undefined;
      if (scratch) opened.defer(() => scratch.remove());
      const target = { kind, location: scratch?.url ?? join(dataDir, 'signalbox.db') };
      const start = () => startServer({ dataDir, env: scratch ? { DATABASE_URL: scratch.url } : {} });
      await prepare({ runs, target, start });
      subjects.push({ runs, target, start });
    }
    const [small, large] = subjects as [Subject, Subject];
    const report = (metric: string, values: readonly [readonly number[], readonly number[]]) => {
      const [few, many] = values.map(median) as [number, number];
      const peer = { name: `${SMALL_RUNS} runs`, value: few };
      figure({ bench: 'growth', metric: `${kind}: ${metric}`, value: many, unit: 'ms', n: settings.runs, peer });
    };
    const compare = async (metric: string, rounds: number, measure: (subject: Subject) => Promise<number>) => {
      const values: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round += 1) {
        values[0].push(await measure(small));
        values[1].push(await measure(large));
      }
      report(metric, values);
    };

    await compare('start', settings.starts, async ({ start }) => {
      const began = performance.now();
      const server = await start();
      const ms = performance.now() - began;
      await server.stop();
      return ms;
    });
    await measureRequests([small, large], settings.rounds, report);
    const stores = await Promise.all([openFilledStore(small.target), openFilledStore(large.target)]);
    for (const [name, measure] of Object.entries(measureStore)) {
      await compare(name, settings.rounds, ({ runs }) => measure(stores[runs === small.runs ? 0 : 1], runs));
    }
    for (const store of stores) await store.close();
  }
}

/** Fills the store, and lets a server sign its tree and index its texts: both happen once, in the background. */
async function prepare({ runs, target, start }: Subject): Promise<void> {
  // Creates the tables.
  await (await openFilledStore(target)).close();
  await fillStore(target, runs);
  await using server = await start();
  const sql = await connect(target);
  const end = await sql.number('SELECT max(position) FROM leaves');
  while ((await sql.number('SELECT max(position) FROM checkpoints')) < end) await pause();
  while (runs > 1_500 && (await sql.number('SELECT max(position) FROM search_segments')) < end - 6_000) await pause();
  await sql.close();
  await server.stop();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

async function measureRequests(
  subjects: readonly [Subject, Subject],
  rounds: number,
  report: (metric: string, values: readonly [readonly number[], readonly number[]]) => void,
): Promise<void> {
  const token = await tokenFor('bench', { roles: ['admin'] });
  const servers = await Promise.all(subjects.map(({ start }) => start()));
  try {
    const samples: Sample[] = [];
    for (const server of servers) samples.push(await readSample(server, token));
    for (const name of Object.keys(queriesOf(samples[0] as Sample))) {
      const values: [number[], number[]] = [[], []];
      // The first round is not counted: it compiles the document, and fills the caches.
      for (let round = 0; round <= rounds; round += 1) {
        for (const [index, server] of servers.entries()) {
          const [document = '', variables] = queriesOf(samples[index] as Sample)[name] ?? [];
          const began = performance.now();
          const { data, errors } = await server.query(document, variables, token);
          if (errors || !data) throw new Error(`${name}: ${JSON.stringify(errors)}`);
          if (round > 0) values[index as 0 | 1].push(performance.now() - began);
        }
      }
      report(name, values);
    }
    for (const [name, measure] of Object.entries(measureStreams)) {
      const values: [number[], number[]] = [[], []];
      for (let round = 0; round <= rounds; round += 1) {
        for (const [index, server] of servers.entries()) {
          const ms = await measure(server, token, samples[index] as Sample);
          if (round > 0) values[index as 0 | 1].push(ms);
        }
      }
      report(name, values);
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
