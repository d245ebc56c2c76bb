import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { sqltag as sql } from '@prisma/client/runtime/client';
import type { Logger } from '../../core/telemetry.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { encodeIndexes, MAX_INDEXES, trigramsOf } from './trigrams.ts';

/** Runs of one segment. Fewer that have ended since are compared one by one, in a few milliseconds. */
const SEGMENT_RUNS = Math.min(1_500, MAX_INDEXES);

/** The trigram under which runs are listed whose text is too long to have entries; a search looks at all of them. */
export const ANY_TRIGRAM = '';

const INTERVAL_MS = 5_000;
/** Pause between two statements that write, so that appends never wait for more than one. */
const PAUSE_MS = 10;
const RUNS_PER_READ = 100;
const ROWS_PER_WRITE = 1_000;
const MAX_GOAL_CHARACTERS = 16_384;

interface TextIndexDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly logger: Logger;
  /** The newest position of the journal, from memory: an idle server does not query its database. */
  head(): Promise<number>;
}

/**
 * Indexes the texts of runs that have ended, except for their ids: each has entries that no other has, and
 * a segment lists them anyway.
 */
export interface TextIndex {
  /** Adds all segments that are complete. */
  tick(): Promise<void>;
  /** Lets the current statement finish, and stops. */
  stop(): Promise<void>;
}

/**
 * Starts to index. A segment has the next `SEGMENT_RUNS` leaves, so every node would write the same rows, and one that was
 * interrupted is completed later. Its row in `search_segments` is written last: only then searches use its trigrams. Appends
 * do nothing for the index, and an older database is indexed in the background.
 */
export function startTextIndex({ prisma, transactions, kind, logger, head }: TextIndexDeps): TextIndex {
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {});

  /** One row for each run: reading rows costs more than anything else here. */
  const textsOf = async (ids: readonly string[]) => {
    const all =
      kind === 'sqlite' ? sql`json_group_array(DISTINCT s.capability)` : sql`json_agg(DISTINCT s.capability)::text`;
    const runs = await prisma.$queryRaw<RunText[]>(sql`
      SELECT r.id, r.tenant, r.workflow, CASE WHEN length(r.goal) <= ${MAX_GOAL_CHARACTERS} THEN r.goal END AS goal,
        CASE WHEN length(r.goal) > ${MAX_GOAL_CHARACTERS} THEN 1 ELSE 0 END AS "isLong",
        (SELECT ${all} FROM steps s WHERE s.run_id = r.id) AS capabilities
      FROM (${jsonList(kind, ids)}) AS ids JOIN runs r ON r.id = ids.value`);
    return runs.map(({ id, tenant, goal, workflow, isLong, capabilities }) => ({
      id,
      tenant,
      text: isLong ? undefined : [goal, workflow, ...(JSON.parse(capabilities ?? '[]') as string[])].join('\n'),
    }));
  };

  const readSegment = async (ids: readonly string[]): Promise<TrigramRow[]> => {
    const indexOf = new Map(ids.map((id, index) => [id, index]));
    /** By tenant, then trigram. */
    const tenants = new Map<string, Map<string, number[]>>();
    /** Runs of one workflow mostly have the same text. */
    const known = new Map<string | undefined, Iterable<string>>();
    const trigramsIn = (text: string | undefined) => {
      const trigrams = known.get(text) ?? (text === undefined ? undefined : trigramsOf(text)) ?? [ANY_TRIGRAM];
      known.set(text, trigrams);
      return trigrams;
    };
    for (let at = 0; at < ids.length && !stopping.signal.aborted; at += RUNS_PER_READ) {
      for (const { id, tenant, text } of await textsOf(ids.slice(at, at + RUNS_PER_READ))) {
        const entries = tenants.get(tenant) ?? new Map<string, number[]>();
        tenants.set(tenant, entries);
        const index = indexOf.get(id) as number;
        for (const trigram of trigramsIn(text)) {
          const indexes = entries.get(trigram);
          if (indexes) indexes.push(index);
          else entries.set(trigram, [index]);
        }
      }
      await setImmediate();
    }
    return [...tenants].flatMap(([tenant, entries]) =>
      // In one order, so that nodes that write the same rows do not lock each other out.
      [...entries.keys()]
        .sort()
        .map((trigram): TrigramRow => [tenant, trigram, encodeIndexes(entries.get(trigram) ?? [])]),
    );
  };

  /** @returns false if no segment is complete */
  const addSegment = async (): Promise<boolean> => {
    const after = await indexedTo(prisma);
    if ((await head()) - after < SEGMENT_RUNS) return false;
    const leaves = await prisma.$queryRaw<{ runId: string; position: number | bigint }[]>`
      SELECT run_id AS "runId", position FROM leaves WHERE position > ${after} ORDER BY position LIMIT ${SEGMENT_RUNS}`;
    if (leaves.length < SEGMENT_RUNS) return false;
    const position = Number(leaves.at(-1)?.position);
    const ids = [...new Set(leaves.map(({ runId }) => runId))].sort();
    const rows = await readSegment(ids);
    for (let at = 0; at < rows.length && !stopping.signal.aborted; at += ROWS_PER_WRITE) {
      const json = JSON.stringify(rows.slice(at, at + ROWS_PER_WRITE));
      await transactions.write((client) => client.$executeRaw(insertTrigrams(kind, position, json)));
      await pause(PAUSE_MS);
    }
    if (stopping.signal.aborted) return false;
    await transactions.write(
      (client) => client.$executeRaw`
        INSERT INTO search_segments (position, runs) VALUES (${position}, ${ids.join('')}) ON CONFLICT DO NOTHING`,
    );
    return true;
  };

  let lastTick: Promise<unknown> = Promise.resolve();
  const tick = () => {
    const next = lastTick.then(async () => {
      while (await addSegment());
    });
    lastTick = next.catch(() => {});
    return next;
  };
  const loop = (async () => {
    for (;;) {
      await pause(INTERVAL_MS);
      if (stopping.signal.aborted) return;
      await tick().catch((error) => logger.warn('store.index_failed', { error: String(error) }));
    }
  })();
  return {
    tick,
    stop: async () => {
      stopping.abort();
      await Promise.all([loop, lastTick]);
    },
  };
}

/** What can be found in a run; without the text if it is too long. */
interface RunText {
  readonly id: string;
  readonly tenant: string;
  readonly goal: string | null;
  readonly workflow: string | null;
  /** 1 if it is; 0 otherwise. */
  readonly isLong: number | bigint;
  /** JSON list. */
  readonly capabilities: string | null;
}

/** Tenant, trigram, runs. */
type TrigramRow = readonly [string, string, string];

/** The position of the newest leaf that the index covers. */
export async function indexedTo(prisma: Pick<Prisma, 'searchSegment'>): Promise<number> {
  const newest = await prisma.searchSegment.findFirst({ orderBy: { position: 'desc' }, select: { position: true } });
  return Number(newest?.position ?? 0);
}

/** A list of texts as rows with the column `value`, in a statement of constant size. */
export function jsonList(kind: DatabaseConfig['kind'], values: readonly string[]) {
  const json = JSON.stringify(values);
  return kind === 'sqlite'
    ? sql`SELECT value FROM json_each(${json})`
    : sql`SELECT value FROM json_array_elements_text(${json}::json) AS elements(value)`;
}

function insertTrigrams(kind: DatabaseConfig['kind'], position: number, json: string) {
  return kind === 'sqlite'
    ? sql`INSERT INTO search_trigrams (position, tenant, trigram, runs)
        SELECT ${position}, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${json}) WHERE TRUE ON CONFLICT DO NOTHING`
    : sql`INSERT INTO search_trigrams (position, tenant, trigram, runs)
        SELECT ${position}, value ->> 0, value ->> 1, value ->> 2 FROM json_array_elements(${json}::json) AS rows(value)
        ON CONFLICT DO NOTHING`;
}
