import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Health, Metrics, QueueSizes } from '../core/telemetry.ts';

const FAST_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const RUN_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800];
/** Topics are chosen by callers: each label is a series that the collector keeps. */
const MAX_TOPICS = 100;
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Prometheus metrics in a separate registry, together with those of Node.js. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Histogram({
    name: 'signalbox_http_request_duration_seconds',
    help: 'HTTP requests by route, method and status, from headers to end of response.',
    labelNames: ['route', 'method', 'status'],
    buckets: FAST_SECONDS,
    registers,
  });
  const runs = new Counter({
    name: 'signalbox_runs_total',
    help: 'Finished runs, by kind and final state.',
    labelNames: ['kind', 'state'],
    registers,
  });
  const runSeconds = new Histogram({
    name: 'signalbox_run_duration_seconds',
    help: 'Duration of runs, from creation to end.',
    labelNames: ['kind'],
    buckets: RUN_SECONDS,
    registers,
  });
  const appends = new Counter({ name: 'signalbox_journal_appends_total', help: 'Appends to the journal.', registers });
  const events = new Counter({ name: 'signalbox_journal_events_total', help: 'Events in the journal.', registers });
  const batch = new Histogram({
    name: 'signalbox_journal_batch_appends',
    help: 'Appends that shared one commit.',
    buckets: BATCH_SIZES,
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'signalbox_journal_commit_duration_seconds',
    help: 'Duration of journal commits, until they are durable.',
    buckets: FAST_SECONDS,
    registers,
  });
  const decisions = new Counter({
    name: 'signalbox_policy_decisions_total',
    help: 'Policy decisions by effect.',
    labelNames: ['effect'],
    registers,
  });
  const packets = new Counter({
    name: 'signalbox_packets_refused_total',
    help: 'Packets from the bus that were not valid or not signed by their sender, by code.',
    labelNames: ['code'],
    registers,
  });
  const attempts = new Counter({
    name: 'signalbox_webhook_attempts_total',
    help: 'Attempts to send an event to a webhook, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  let driven = 0;
  new Gauge({
    name: 'signalbox_runs_active',
    help: 'Runs in memory of this node. Runs that wait for long are parked, and not counted.',
    registers,
    collect() {
      this.set(driven);
    },
  });
  let countNodes = () => 1;
  new Gauge({
    name: 'signalbox_nodes',
    help: 'Nodes that are alive, as this one knows.',
    registers,
    collect() {
      this.set(countNodes());
    },
  });
  const queuedSteps = new Gauge({
    name: 'signalbox_steps_queued',
    help: 'Steps that wait for a slot of this node.',
    registers,
  });
  const waitingJobs = new Gauge({
    name: 'signalbox_jobs_waiting',
    help: 'Jobs in memory of this node that wait for a worker, by topic.',
    labelNames: ['topic'],
    registers,
  });
  const parkedJobs = new Gauge({
    name: 'signalbox_jobs_parked',
    help: 'Jobs in the database that wait for a worker, by topic: the same on all nodes.',
    labelNames: ['topic'],
    registers,
  });
  let readQueues: (() => Promise<QueueSizes>) | undefined;
  const setByTopic = (gauge: Gauge<'topic'>, sizes: ReadonlyMap<string, number>) => {
    gauge.reset();
    for (const [topic, size] of [...sizes].slice(0, MAX_TOPICS)) gauge.set({ topic }, size);
  };
  const setQueues = async () => {
    // Without the database the other metrics are needed most.
    const sizes = await readQueues?.().catch(() => undefined);
    if (sizes) queuedSteps.set(sizes.steps);
    setByTopic(waitingJobs, sizes?.jobs ?? new Map());
    setByTopic(parkedJobs, sizes?.parkedJobs ?? new Map());
  };
  const checks = new Gauge({
    name: 'signalbox_check_ok',
    help: 'Checks of /health: 1 if OK, 0 if degraded or down.',
    labelNames: ['check'],
    registers,
  });
  let readHealth: (() => Promise<Pick<Health, 'checks'>>) | undefined;
  const setChecks = async () => {
    const health = await readHealth?.();
    for (const { name, status } of health?.checks ?? []) checks.set({ check: name }, status === 'OK' ? 1 : 0);
  };
  const subscriptions = new Gauge({
    name: 'signalbox_subscriptions_active',
    help: 'Active GraphQL subscriptions.',
    registers,
  });

  return {
    httpRequest: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    runEnded: (kind, state, seconds) => {
      runs.inc({ kind, state });
      runSeconds.observe({ kind }, seconds);
    },
    journalCommitted: (appended, stored, seconds) => {
      appends.inc(appended);
      events.inc(stored);
      batch.observe(appended);
      commitSeconds.observe(seconds);
    },
    policyDecided: (effect) => decisions.inc({ effect }),
    packetRefused: (code) => packets.inc({ code }),
    webhookAttempted: (delivered) => attempts.inc({ outcome: delivered ? 'delivered' : 'failed' }),
    runDriven: () => {
      driven += 1;
      return () => {
        driven -= 1;
      };
    },
    nodesFrom(count) {
      countNodes = count;
    },
    queuesFrom(read) {
      readQueues = read;
    },
    healthFrom(read) {
      readHealth = read;
    },
    subscriptionOpened: () => {
      subscriptions.inc();
      return () => subscriptions.dec();
    },
    async scrape() {
      await Promise.all([setQueues(), setChecks()]);
      return registry.metrics();
    },
  };
}
