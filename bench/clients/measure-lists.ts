import type { Server } from '../../test/support/server.ts';
import { figure, quantile } from '../load/figure.ts';
import type { FilledRange } from './fill-runs.ts';
import { listCases } from './list-cases.ts';

const MAX_P95_MS = 50;
const LIST = 'query ($f: RunFilter) { runs(first: 50, filter: $f) { nodes { id state } pageInfo { hasNextPage } } }';
const STATS = `query ($f: RunFilter, $from: DateTime!, $to: DateTime!) {
  runStats(filter: $f, from: $from, to: $to) { total p50Ms p95Ms byState { state count } buckets { at byState { count } } }
}`;
const DAY_MS = 86_400_000;

/** A server on the filled store, and one on an empty store of the same kind. */
export interface ListSubject {
  readonly kind: string;
  readonly runs: number;
  readonly rounds: number;
  readonly range: FilledRange;
  readonly filled: Server;
  readonly empty: Server;
  readonly token: string;
}

/** The 95th percentile of a page of 50 runs, for each filter, next to the same page of an empty table. */
export async function measureLists(subject: ListSubject): Promise<void> {
  const { kind, runs, range } = subject;
  let slowest = { name: '', p95: 0 };
  for (const [name, f] of Object.entries(listCases(range))) {
    const [p95, none] = await measureTwice(subject, LIST, { f });
    if (p95 > slowest.p95) slowest = { name, p95 };
    const peer = { name: 'empty table', value: none };
    figure({ bench: 'clients', metric: `${kind}: runs by ${name}, p95`, value: p95, unit: 'ms', n: runs, peer });
  }
  const metric = `${kind}: the slowest filter (${slowest.name}), p95`;
  const peer = { name: 'maximum', value: MAX_P95_MS };
  figure({ bench: 'clients', metric, value: slowest.p95, unit: 'ms', n: runs, peer });
}

/** `runStats` with 48 buckets, over all runs and over fewer. */
export async function measureStats(subject: ListSubject): Promise<void> {
  const { kind, runs, range } = subject;
  const [from, to] = [range.from.toISOString(), range.to.toISOString()];
  const day = new Date(range.to.getTime() - DAY_MS).toISOString();
  const cases = {
    'all runs': { from, to },
    'the last day': { from: day, to },
    'a state that 1 % have': { from, to, f: { state: ['TIMEOUT'] } },
    'a workflow that 1 % have': { from, to, f: { workflow: 'rare' } },
    'a workflow that 99 % have': { from, to, f: { workflow: 'weekly_report' } },
    'words that 1 % have': { from, to, f: { q: 'needles late' } },
  };
  for (const [name, variables] of Object.entries(cases)) {
    const [p95, none] = await measureTwice({ ...subject, rounds: Math.ceil(subject.rounds / 5) }, STATS, variables);
    const peer = { name: 'empty table', value: none };
    figure({ bench: 'clients', metric: `${kind}: runStats of ${name}, p95`, value: p95, unit: 'ms', n: runs, peer });
  }
}

/** Alternating, so that other load on the machine affects both. */
async function measureTwice(
  { filled, empty, rounds, token }: ListSubject,
  document: string,
  variables: object,
): Promise<readonly [number, number]> {
  const times: readonly [number[], number[]] = [[], []];
  // The first round is not counted: it compiles the document, and fills the caches.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, server] of [filled, empty].entries()) {
      const began = performance.now();
      const { data, errors } = await server.query(document, variables, token);
      if (errors || !data) throw new Error(`${JSON.stringify(variables)}: ${JSON.stringify(errors)}`);
      if (round > 0) times[n as 0 | 1].push(performance.now() - began);
    }
  }
  return [quantile(times[0], 0.95), quantile(times[1], 0.95)];
}
