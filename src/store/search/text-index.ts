import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { raw, sqltag as sql } from '@prisma/client/runtime/client';
import type { Logger } from '../../core/telemetry.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { SEARCHED_CHARACTERS } from './search-words.ts';
import { encodeIndexes, MAX_INDEXES, trigramsOf } from './trigrams.ts';

/** Runs of one segment. Fewer that have ended since are compared one by one, in a few milliseconds. */
export const SEGMENT_RUNS = Math.min(1_500, MAX_INDEXES);

/** The trigram under which runs are listed whose text is too long to have entries; a search looks at all of them. */
export const ANY_TRIGRAM = '';

const INTERVAL_MS = 5_000;
/** Pause between two statements that write, so that appends never wait for more than one. */
const PAUSE_MS = 10;
const RUNS_PER_READ = 250;
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

  const readSegment = async (ids: readonly string[]): Promise<TrigramRow[]> => {
    /** By tenant, then text. */
    const tenants = new Map<string, Map<string | null, number[]>>();
    for (let at = 0; at < ids.length && !stopping.signal.aborted; at += RUNS_PER_READ) {
      const rows = await prisma.$queryRaw<TextRow[]>(readTexts(kind, ids.slice(at, at + RUNS_PER_READ)));
      for (const { tenant, text, runs } of rows) {
        const texts = tenants.get(tenant) ?? new Map<string | null, number[]>();
        const indexes = texts.get(text) ?? [];
        for (const index of JSON.parse(runs) as number[]) indexes.push(at + index);
        tenants.set(tenant, texts.set(text, indexes));
      }
      await setImmediate();
    }
    return [...tenants].flatMap(([tenant, texts]) => toTrigramRows(tenant, texts));
  };

  /** The newest position at which no segment was complete: until it moves, none is. */
  let seenHead = -1;

  /** @returns false if no segment is complete */
  const addSegment = async (): Promise<boolean> => {
    const end = await head();
    if (end === seenHead) return false;
    const after = await indexedTo(prisma);
    const all = kind === 'sqlite' ? sql`json_group_array(run_id)` : sql`json_agg(run_id)::text`;
    const [leaves] = await prisma.$queryRaw<{ runs: string; size: bigint; position: bigint }[]>(sql`
      SELECT ${all} AS runs, count(*) AS size, max(position) AS position
      FROM (SELECT run_id, position FROM leaves WHERE position > ${after} ORDER BY position LIMIT ${SEGMENT_RUNS}) AS next`);
    if (!leaves || Number(leaves.size) < SEGMENT_RUNS) {
      seenHead = end;
      return false;
    }
    const position = Number(leaves.position);
    const ids = [...new Set(JSON.parse(leaves.runs) as string[])].sort();
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

/** A text, and the runs that have it. */
interface TextRow {
  readonly tenant: string;
  /** What can be found in each of them; null if it is too long. */
  readonly text: string | null;
  /** JSON list: their indexes among the ids. */
  readonly runs: string;
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

/** One row for each text: runs of one workflow mostly have the same, and reading rows costs more than anything else here. */
function readTexts(kind: DatabaseConfig['kind'], ids: readonly string[]) {
  const json = JSON.stringify(ids);
  const start = (column: 'error' | 'inputs') =>
    sql`substr(coalesce(r.${raw(column)}, ''), 1, ${raw(String(SEARCHED_CHARACTERS))})`;
  const [list, names, indexes] =
    kind === 'sqlite'
      ? [
          sql`SELECT key AS n, value AS id FROM json_each(${json})`,
          sql`group_concat(DISTINCT s.capability)`,
          sql`json_group_array(n)`,
        ]
      : [
          sql`SELECT n - 1 AS n, id FROM json_array_elements_text(${json}::json) WITH ORDINALITY AS elements(id, n)`,
          sql`string_agg(DISTINCT s.capability, ',')`,
          sql`json_agg(n)::text`,
        ];
  return sql`
    SELECT tenant, text, ${indexes} AS runs FROM (
      SELECT ids.n, r.tenant, CASE WHEN coalesce(length(r.goal), 0) <= ${MAX_GOAL_CHARACTERS} THEN
        coalesce(r.goal, '') || ${'\n'} || coalesce(r.workflow, '') || ${'\n'}
          || coalesce((SELECT ${names} FROM steps s WHERE s.run_id = r.id), '')
          || ${'\n'} || r.labels || ${'\n'} || ${start('error')} || ${'\n'} || ${start('inputs')} END AS text
      FROM (${list}) AS ids CROSS JOIN runs r WHERE r.id = ids.id) AS texts
    GROUP BY tenant, text`;
}

/** @param texts with the indexes of the runs that have each */
function toTrigramRows(tenant: string, texts: ReadonlyMap<string | null, readonly number[]>): TrigramRow[] {
  const entries = new Map<string, (readonly number[])[]>();
  for (const [text, indexes] of texts) {
    for (const trigram of (text === null ? undefined : trigramsOf(text)) ?? [ANY_TRIGRAM]) {
      const lists = entries.get(trigram);
      if (lists) lists.push(indexes);
      else entries.set(trigram, [indexes]);
    }
  }
  const encoded = new Map([...texts.values()].map((indexes) => [indexes, encodeIndexes(indexes)]));
  // In one order, so that nodes that write the same rows do not lock each other out.
  return [...entries.keys()].sort().map((trigram): TrigramRow => {
    const [first = [], ...others] = entries.get(trigram) ?? [];
    const runs = others.length === 0 ? encoded.get(first) : undefined;
    return [tenant, trigram, runs ?? encodeIndexes([first, ...others].flat())];
  });
}

function insertTrigrams(kind: DatabaseConfig['kind'], position: number, json: string) {
  return kind === 'sqlite'
    ? sql`INSERT INTO search_trigrams (position, tenant, trigram, runs)
        SELECT ${position}, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${json}) WHERE TRUE ON CONFLICT DO NOTHING`
    : sql`INSERT INTO search_trigrams (position, tenant, trigram, runs)
        SELECT ${position}, value ->> 0, value ->> 1, value ->> 2 FROM json_array_elements(${json}::json) AS rows(value)
        ON CONFLICT DO NOTHING`;
}
