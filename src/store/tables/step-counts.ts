import { setImmediate } from 'node:timers/promises';
import { type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { Scope } from '../../core/principal.ts';
import type { StepState } from '../../core/states.ts';
import type { StepCounts } from '../../core/store-reader.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import { jsonList } from '../search/text-index.ts';

/** Items that one statement counts: a few milliseconds of the event loop. */
const ITEMS_PER_READ = 2_000;

interface StepCountsDeps {
  query<Row>(statement: Sql): Promise<Row[]>;
  readonly kind: DatabaseConfig['kind'];
}

/** See `StoreReader.stepCounts`: one statement for all runs. The index by role passes over the items. */
export async function countSteps(
  { query, kind }: StepCountsDeps,
  { tenant, subject }: Scope,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, StepCounts>> {
  const object = kind === 'sqlite' ? sql`json_group_object(state, n)` : sql`json_object_agg(state, n)::text`;
  const counted = (role: Sql) => sql`(SELECT ${object} FROM (
    SELECT state, count(*) AS n FROM steps s WHERE s.run_id = r.id AND s.role ${role} GROUP BY state) AS counts)`;
  const rows = await query<{ id: string; planned: string | null; added: string | null }>(sql`
    SELECT r.id, ${counted(sql`IS NULL`)} AS planned, ${counted(sql`= 'compensation'`)} AS added
    FROM (${jsonList(kind, runIds)}) AS ids CROSS JOIN runs r
    WHERE r.id = ids.value AND r.tenant = ${tenant} ${subject === undefined ? sql`` : sql`AND r.subject = ${subject}`}`);
  return new Map(
    rows.map(({ id, planned, added }) => {
      const counts = new Map<StepState, number>();
      for (const part of [planned, added]) addCounts(counts, JSON.parse(part ?? '{}'));
      return [id, counts];
    }),
  );
}

/** The items of one step by state: they have the keys PARENT[0], PARENT[1], and so on without a gap. The scope must cover the run. */
export async function countItems({ query, kind }: StepCountsDeps, runId: string, parent: string): Promise<StepCounts> {
  const counts = new Map<StepState, number>();
  for (let [first, found] = [0, ITEMS_PER_READ]; found === ITEMS_PER_READ; first += ITEMS_PER_READ) {
    const keys = Array.from({ length: ITEMS_PER_READ }, (_, n) => `${parent}[${first + n}]`);
    const rows = await query<{ state: StepState; n: number | bigint }>(sql`
      SELECT s.state, count(*) AS n FROM (${jsonList(kind, keys)}) AS keys CROSS JOIN steps s
      WHERE s.run_id = ${runId} AND s.key = keys.value GROUP BY s.state`);
    found = 0;
    for (const { state, n } of rows) {
      addCounts(counts, { [state]: Number(n) });
      found += Number(n);
    }
    await setImmediate();
  }
  return counts;
}

function addCounts(counts: Map<StepState, number>, added: Partial<Record<StepState, number>>): void {
  for (const [state, count] of Object.entries(added) as [StepState, number][]) {
    counts.set(state, (counts.get(state) ?? 0) + count);
  }
}
