import { newId } from '../../src/core/ids.ts';
import { THREE_STEPS } from '../load/noop.ts';
import { BENCH_PRINCIPAL, openEngine } from '../load/open-engine.ts';

/** The tables that a run of three steps leaves rows in, each before those that refer to it. */
export const TABLES = ['runs', 'steps', 'events', 'leaves'] as const;
export type Table = (typeof TABLES)[number];

export type Row = Record<string, unknown>;
export type RunRows = Readonly<Record<Table, readonly Row[]>>;

/** Makes the tables as the store has them, and one real run in them: what it left is what is inserted again and again. */
export async function makeOneRun(url: string): Promise<void> {
  await using on = await openEngine(url);
  const { run } = await on.engine.startWorkflow(BENCH_PRINCIPAL, { source: { yaml: THREE_STEPS }, waitMs: 30_000 });
  if (run.state !== 'SUCCEEDED') throw new Error(`The run that is to be copied ended as ${run.state}.`);
}

/** Copies of a run's rows, each with ids and positions of its own. Hashes and payloads are those of the first. */
export function createCopies(original: RunRows): (count: number) => Record<Table, Row[]> {
  const { length: eventsPerRun } = original.events;
  let position = eventsPerRun;
  return (count) => {
    const rows: Record<Table, Row[]> = { runs: [], steps: [], events: [], leaves: [] };
    for (let i = 0; i < count; i += 1) {
      const runId = newId('run');
      for (const step of original.steps) rows.steps.push({ ...step, id: newId('step'), run_id: runId });
      for (const event of original.events) {
        position += 1;
        rows.events.push({ ...event, position, run_id: runId });
      }
      for (const run of original.runs) rows.runs.push({ ...run, id: runId, head_position: position });
      for (const leaf of original.leaves) rows.leaves.push({ ...leaf, position, run_id: runId });
    }
    return rows;
  };
}
