import { join } from 'node:path';
import { eventHash } from '../src/audit/event-hash.ts';
import { canonicalJson } from '../src/lib/json.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { type BenchOptions, figure, median } from './load/figure.ts';
import { BENCH_PRINCIPAL, type OpenEngine, openEngine } from './load/open-engine.ts';

const ITEMS = { full: 10_000, quick: 2_000 };
const ROUNDS = 5;
const RUN_TIMEOUT_MS = 60_000;
const MAX_RATIO = 2;

const workflowOf = (items: number) => `name: many-items
steps:
  - id: each
    kind: transform
    for_each: ${JSON.stringify(Array.from({ length: items }, (_, index) => index))}
    input: { data: "{{ item }}", expression: "$" }
`;

/** `verifyRun` of a run with 10,000 items (2,000 if quick), compared with hashing its events, which it cannot do without. */
export async function main({ quick }: BenchOptions): Promise<void> {
  const items = quick ? ITEMS.quick : ITEMS.full;
  await using folder = await createTempFolder();
  await using opened = await openEngine(join(folder.path, 'bench.db'));
  const id = await finishedRun(opened, items);
  const events = await eventsOf(opened, id);
  const rounds: { verify: number; cpu: number; hash: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    const verify = await milliseconds(async () => {
      const report = await opened.store.verifyRun({ tenant: BENCH_PRINCIPAL.tenant }, id);
      if (!report?.valid || report.events !== events.length) throw new Error(`The run ${id} was not verified.`);
    });
    const { user, system } = process.cpuUsage(before);
    rounds.push({ verify, cpu: (user + system) / 1_000, hash: await milliseconds(async () => hashAll(id, events)) });
  }
  const of = (which: 'verify' | 'cpu' | 'hash') => median(rounds.map((round) => round[which]));
  const shared = { bench: 'verify', unit: 'ms', n: events.length };
  const metric = `verifyRun, ${items} items, ${events.length} events`;
  figure({ ...shared, metric, value: of('verify'), peer: { name: 'hashing the same events', value: of('hash') } });
  figure({ ...shared, metric: `${metric}, of a processor`, value: of('cpu') });
  figure({
    ...shared,
    metric: 'goal: the ratio',
    unit: '×',
    value: of('verify') / of('hash'),
    peer: { name: 'maximum', value: MAX_RATIO },
  });
}

async function finishedRun({ engine }: OpenEngine, items: number): Promise<string> {
  const { run } = await engine.startWorkflow(BENCH_PRINCIPAL, {
    source: { yaml: workflowOf(items) },
    waitMs: RUN_TIMEOUT_MS,
  });
  if (run.state !== 'SUCCEEDED') throw new Error(`The run ${run.id} is ${run.state}: ${run.error?.message}`);
  return run.id;
}

/** What each event is hashed with, and its text. */
async function eventsOf({ store }: OpenEngine, runId: string) {
  const { tenant } = BENCH_PRINCIPAL;
  const signal = AbortSignal.timeout(RUN_TIMEOUT_MS);
  const events: { seq: number; prevHash: string; hash: string; content: Parameters<typeof eventHash>[3] }[] = [];
  for await (const batch of store.journal.read(0, { runId }, { tenant }, { signal })) {
    for (const { seq, prevHash, hash, type, at, step, payload } of batch.events)
      events.push({ seq, prevHash, hash, content: { type, at, step, payload: canonicalJson(payload) } });
    if (batch.caughtUp) break;
  }
  return events;
}

function hashAll(runId: string, events: Awaited<ReturnType<typeof eventsOf>>): void {
  for (const { seq, prevHash, hash, content } of events)
    if (eventHash(runId, seq, prevHash, content) !== hash) throw new Error(`The event ${seq} has another hash.`);
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
