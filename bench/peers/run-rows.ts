import { newId } from '../../src/core/ids.ts';
import { THREE_STEPS } from '../load/noop.ts';
import { BENCH_PRINCIPAL, openEngine } from '../load/open-engine.ts';

/** The tables with rows of a run of three steps, each before those that refer to it. */
export const TABLES = ['runs', 'steps', 'events', 'leaves'] as const;
export type Table = (typeof TABLES)[number];

export type Row = Record<string, unknown>;
export type RunRows = Readonly<Record<Table, readonly Row[]>>;

/** Creates the tables of the store and one real run, whose rows are inserted again and again. */
export async function makeOneRun(url: string): Promise<void> {
  await using opened = await openEngine(url);
  const { run } = await opened.engine.startWorkflow(BENCH_PRINCIPAL, { source: { yaml: THREE_STEPS }, waitMs: 30_000 });
  if (run.state !== 'SUCCEEDED') throw new Error(`The run to copy ended as ${run.state}.`);
}

/** Copies of the rows of a run, each with new ids and positions. Hashes and payloads are those of the original. */
export function createCopies(
  original: RunRows,
  newestPosition = original.events.length,
): (count: number) => Record<Table, Row[]> {
  let position = newestPosition;
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
