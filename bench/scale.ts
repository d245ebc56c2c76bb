import { createScratchDatabase } from '../scripts/scratch-database.ts';
import { type BenchOptions, figure } from './load/figure.ts';
import { costsOf, limitsOfOneDatabase, type Measured, planFor } from './scale/limits.ts';
import { measureBus } from './scale/measure-bus.ts';
import { measureJobs } from './scale/measure-jobs.ts';
import { measureNodes } from './scale/measure-nodes.ts';
import { measurePackets } from './scale/measure-packets.ts';
import { measureRegistry } from './scale/measure-registry.ts';
import type { Durations, Incident, Outcome, SimulationResult, Topology, Workload } from './scale/model.ts';
import { simulate } from './scale/simulate.ts';

const bench = 'scale';
const SEED = 1;
const NODES_TODAY = 4;
const NODES_MEASURED = [1, 2, NODES_TODAY];
const LANES_OF_NODES = 256;
const FULL = { concurrency: [1, 16, 64, 512], seconds: 5, messages: 500_000, packets: 200_000, simulatedSeconds: 10 };
const QUICK = { concurrency: [1, 512], seconds: 2, messages: 100_000, packets: 50_000, simulatedSeconds: 2 };

const TARGET: Workload = {
  ...{ workers: 1_000_000, pools: 8, jobsPerSecond: 100_000, jobMs: 5_000, heartbeatMs: 5_000, sharing: 'own' },
};
const INCIDENTS: readonly Incident[] = [
  { kind: 'database stops', atMs: 2_000, durationMs: 10_000 },
  { kind: 'node dies', atMs: 2_000 },
  { kind: 'workers die', atMs: 2_000, share: 0.05 },
];
const INCIDENT_SECONDS = 60;
const SHARING = {
  registry: 'the registry of the server',
  all: 'nodes share workers, random among free ones',
  own: 'each worker belongs to a node',
};

/**
 * What one database, one NATS server and one node can take, from what real jobs, packets, messages and the registry of workers cost on this
 * machine; and a simulation of 1,000,000 workers and 100,000 jobs a second in cells. docs/scale.md explains the figures: what is measured,
 * what is modelled, and what is assumed.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const settings = quick ? QUICK : FULL;
  const measured = await measure(settings);
  const costs = costsOf(measured);

  for (const nodes of NODES_MEASURED) {
    const database = await createScratchDatabase({ prefix: 'signalbox_bench_' });
    const { seconds } = settings;
    const options = { nodes, lanes: LANES_OF_NODES, seconds };
    const { jobs, jobsPerSecond, messagesPerJob } = await measureNodes(database.url, options).finally(database.remove);
    const metric = `measured: ${nodes} nodes on this machine`;
    figure({ bench, metric, value: jobsPerSecond, unit: 'jobs/s', n: jobs });
    figure({ bench, metric: `${metric}: messages in the database`, value: messagesPerJob, unit: 'per job', n: jobs });
  }

  const limits = limitsOfOneDatabase(measured, TARGET, NODES_TODAY);
  for (const { name, value, unit } of limits) {
    const target = unit === 'workers' ? TARGET.workers : TARGET.jobsPerSecond;
    figure({ bench, metric: `one database: ${name}`, value, unit, n: 1, peer: { name: 'target', value: target } });
  }
  for (const unit of ['workers', 'jobs/s'] as const) {
    const [first] = limits.filter((limit) => limit.unit === unit).toSorted((a, b) => a.value - b.value);
    if (first) figure({ bench, metric: `first limit in ${unit}: ${first.name}`, value: first.value, unit, n: 1 });
  }

  const topology = planFor(costs, TARGET, measured.registry.workers);
  for (const [name, value] of Object.entries(topology))
    figure({ bench, metric: `plan: ${name}`, value, unit: '', n: 1 });
  const began = performance.now();
  const result = simulate({ costs, topology, workload: TARGET, seconds: settings.simulatedSeconds, seed: SEED });
  const seconds = (performance.now() - began) / 1_000;
  reportAll('plan', result, settings.simulatedSeconds);
  figure({ bench, metric: 'simulated events', value: result.events / seconds, unit: 'events/s', n: result.events });

  // Cells have nothing in common, so two of them show the rest.
  const pair: Topology = { ...topology, cells: 2 };
  const share = (2 / topology.cells) * TARGET.jobsPerSecond;
  const workload = { ...TARGET, workers: Math.floor((2 / topology.cells) * TARGET.workers), jobsPerSecond: share };
  for (const sharing of ['registry', 'all', 'own'] as const) {
    const { others } = simulate({ costs, topology: pair, workload: { ...workload, sharing }, seconds: 5, seed: SEED });
    const metric = `sent to a busy worker, ${pair.nodesPerCell} nodes: ${SHARING[sharing]}`;
    figure({ bench, metric, value: (100 * others.misplaced) / others.sent, unit: '%', n: others.sent });
  }
  for (const incident of INCIDENTS) {
    const { first, others } = simulate({
      costs,
      topology: pair,
      workload,
      seconds: INCIDENT_SECONDS,
      seed: SEED,
      incident,
    });
    const metric = incident.kind;
    const report = (what: string, value: number, unit: string) =>
      figure({ bench, metric: `${metric}: ${what}`, value, unit, n: first.accepted.count });
    report('until no job is late', Math.max(0, first.lateUntil - first.incidentAt), 'ms');
    report('jobs sent again', first.repeated, 'jobs');
    report('requests refused', first.refused, 'requests');
    reportDurations(`${metric}: its cell`, first);
    reportDurations(`${metric}: other cell`, others);
  }
}

async function measure({ concurrency, seconds, messages, packets: times }: typeof FULL): Promise<Measured> {
  const database = await createScratchDatabase({ prefix: 'signalbox_bench_' });
  try {
    // First, while the heap has nothing else.
    const registry = measureRegistry(times);
    const jobs = await measureJobs(database.url, concurrency, seconds);
    const measured: Measured = { registry, jobs, packets: measurePackets(times), bus: await measureBus(messages) };
    for (const [part, costs] of Object.entries(measured)) {
      for (const [name, value] of Object.entries(costs as Readonly<Record<string, number>>)) {
        const unit = /(Ms|Us|Bytes)$/.exec(name)?.[0].toLowerCase() ?? '';
        figure({ bench, metric: `measured: ${part} ${name}`, value, unit, n: part === 'jobs' ? jobs.jobs : times });
      }
    }
    return measured;
  } finally {
    await database.remove();
  }
}

function reportAll(name: string, { others, nodes, buses, groupSizes, jobs }: SimulationResult, seconds: number): void {
  figure({ bench, metric: `${name}: jobs`, value: jobs / seconds, unit: 'jobs/s', n: jobs });
  reportDurations(name, others);
  const report = (metric: string, values: readonly number[], unit: string, factor: number) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    figure({ bench, metric: `${name}: ${metric}, mean`, value: mean * factor, unit, n: values.length });
    figure({
      bench,
      metric: `${name}: ${metric}, highest`,
      value: Math.max(...values) * factor,
      unit,
      n: values.length,
    });
  };
  report('CPU of nodes', nodes, '%', 100);
  report('CPU of NATS', buses, '%', 100);
  report('appends in a commit', groupSizes, '', 1);
}

function reportDurations(name: string, outcome: Outcome): void {
  const steps: readonly (readonly [string, Durations])[] = [
    ['request until accepted', outcome.accepted],
    ['request until started', outcome.started],
    ['end until recorded', outcome.recorded],
  ];
  for (const [step, durations] of steps) {
    for (const [quantile, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      figure({
        bench,
        metric: `${name}: ${step}, ${quantile}`,
        value: durations.quantile(share),
        unit: 'ms',
        n: durations.count,
      });
    }
  }
}
