import { setImmediate } from 'node:timers/promises';
import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { UNFINISHED_RUN_STATES } from '../../core/states.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma } from '../connections/transactions.ts';
import { ANY_TRIGRAM, indexedTo, jsonList, SEGMENT_RUNS } from './text-index.ts';
import { commonIndexes, decodeIndexes, RUN_ID_LENGTH, trigramsOf } from './trigrams.ts';

/** Trigrams that a search asks for: each halves what is left, roughly. */
const MAX_TRIGRAMS = 8;
/** Segments that one statement looks at: a few milliseconds of the event loop. */
const SEGMENTS_PER_READ = 250;
/** The newest of them, which show how frequent a text is. */
const FIRST_SEGMENTS = 10;

interface TextSearch {
  readonly prisma: Pick<Prisma, 'searchSegment'>;
  query<Row>(statement: Sql): Promise<Row[]>;
  readonly kind: DatabaseConfig['kind'];
  readonly tenant: string;
  /** A run must contain each of them, whatever the case. */
  readonly parts: readonly string[];
  /** A run whose id contains it is a candidate as well. */
  readonly idPart?: string;
  /** More candidates are not worth a look at each. */
  readonly most: number;
  /** So many candidates in a thousand runs are as quickly found by looking at each run: then it stops early. Default: it does not. */
  readonly frequentPerThousand?: number;
}

/**
 * Ids in a range, without its bounds, of all runs that may contain some texts: those whose trigrams the index has, and those that it
 * does not cover yet. The caller must compare each with the texts themselves.
 * @returns undefined if the texts have no trigram, or there are too many candidates, or frequent ones
 */
export async function findTextCandidates(
  { prisma, query, kind, tenant, parts, idPart, most, frequentPerThousand }: TextSearch,
  { above, below }: { readonly above: string; readonly below: string },
): Promise<readonly string[] | undefined> {
  const trigrams = chooseTrigrams(parts);
  if (trigrams.length === 0) return undefined;
  const candidates = new Set<string>();
  const add = (ids: Iterable<string>) => {
    for (const id of ids) if (id > above && id < below) candidates.add(id);
    return candidates.size <= most;
  };

  // Read first: what a segment covers that is added meanwhile is found among the leaves.
  const covered = await indexedTo(prisma);
  const limit = raw(String(most + 1));
  const ended = await query<{ id: string }>(
    sql`SELECT run_id AS id FROM leaves WHERE position > ${covered} LIMIT ${limit}`,
  );
  const unfinished = await query<{ id: string }>(
    sql`SELECT id FROM runs WHERE tenant = ${tenant} AND state IN (${join(UNFINISHED_RUN_STATES)})
      AND id > ${above} AND id < ${below} LIMIT ${limit}`,
  );
  if (ended.length > most || !add([...ended, ...unfinished].map(({ id }) => id))) return undefined;

  const notIndexed = candidates.size;

  const lists = (positions: readonly number[], of: readonly string[]) =>
    query<TrigramRow>(sql`
      SELECT t.position, t.trigram, t.runs FROM (${jsonList(kind, positions.map(String))}) AS s CROSS JOIN (${jsonList(kind, of)}) AS w
      ${joined(kind, sql`t.position = CAST(s.value AS BIGINT) AND t.tenant = ${tenant} AND t.trigram = w.value`)}`);

  /** By segment: the indexes of the runs that have every trigram, and of those that may have any. */
  const matchesIn = async (positions: readonly number[], rarest: string, others: readonly string[]) => {
    const any: TrigramRow[] = [];
    const common = new Map<number, string>();
    for (const row of await lists(positions, [ANY_TRIGRAM, rarest])) {
      if (row.trigram === ANY_TRIGRAM) any.push(row);
      else common.set(Number(row.position), row.runs);
    }
    // The next rarest leaves few segments; only those are asked for the rest.
    for (const next of [others.slice(0, 1), others.slice(1)]) {
      if (next.length === 0 || common.size === 0) continue;
      const rows = Map.groupBy(await lists([...common.keys()], next), ({ position }) => Number(position));
      for (const [position, indexes] of common) {
        const found = rows.get(position) ?? [];
        // The shortest first: what is left never grows.
        const sets = found.map(({ runs }) => runs).sort((a, b) => a.length - b.length);
        const left = found.length === next.length ? sets.reduce(commonIndexes, indexes) : '';
        if (left === '') common.delete(position);
        else common.set(position, left);
      }
    }
    const matches = new Map([...common].map(([position, indexes]) => [position, decodeIndexes(indexes)]));
    for (const { position, runs } of any) {
      matches.set(Number(position), [...(matches.get(Number(position)) ?? []), ...decodeIndexes(runs)]);
    }
    return matches;
  };

  const needle = idPart?.toLowerCase();
  const searchedId = needle !== undefined && ID_PART.test(needle) ? needle : undefined;
  /** Ids that contain the text, of the segments from one position up to another. Those of other tenants are among them. */
  const idsWith = async (part: string, from: number, to: number): Promise<string[]> => {
    const contains = kind === 'sqlite' ? sql`instr(runs, ${part}) > 0` : sql`position(${part} IN runs) > 0`;
    const segments = await query<{ runs: string }>(
      sql`SELECT runs FROM search_segments WHERE position >= ${from} AND position < ${to} AND ${contains}`,
    );
    return segments.flatMap(({ runs }) => idsContaining(runs, part));
  };

  const isFrequent = (found: number, segmentCount: number) =>
    frequentPerThousand !== undefined && found * 1_000 > segmentCount * SEGMENT_RUNS * frequentPerThousand;

  let others: readonly string[] = [];
  let rarest: string | undefined;
  for (let [before, size] = [covered + 1, FIRST_SEGMENTS]; ; size = SEGMENTS_PER_READ) {
    const segments = await query<{ position: number | bigint }>(
      sql`SELECT position FROM search_segments WHERE position < ${before} ORDER BY position DESC LIMIT ${raw(String(size))}`,
    );
    if (segments.length === 0) return [...candidates];
    const positions = segments.map(({ position }) => Number(position));
    // What is rare in the newest segment is asked first: few segments are left for the others.
    if (rarest === undefined)
      [rarest = '', ...others] = rarestFirst(trigrams, await lists(positions.slice(0, 1), trigrams));
    if (searchedId !== undefined && !add(await idsWith(searchedId, positions.at(-1) as number, before)))
      return undefined;
    const matches = await matchesIn(positions, rarest, others);
    if (matches.size > 0) {
      const found = await query<{ position: number | bigint; runs: string }>(
        sql`SELECT position, runs FROM (${jsonList(kind, [...matches.keys()].map(String))}) AS m
          JOIN search_segments s ON s.position = CAST(m.value AS BIGINT)`,
      );
      for (const { position, runs } of found) {
        const indexes = matches.get(Number(position)) ?? [];
        if (!add(indexes.map((index) => runs.slice(index * RUN_ID_LENGTH, (index + 1) * RUN_ID_LENGTH))))
          return undefined;
      }
    }
    if (size === FIRST_SEGMENTS && isFrequent(candidates.size - notIndexed, segments.length)) return undefined;
    before = positions.at(-1) as number;
    await setImmediate();
  }
}

/** A part of a run's id. */
const ID_PART = new RegExp(`^[run_0-9a-f]{1,${RUN_ID_LENGTH}}$`);

/** @param ids one after the other */
function idsContaining(ids: string, part: string): string[] {
  const found: string[] = [];
  for (let at = ids.indexOf(part); at !== -1; ) {
    const start = at - (at % RUN_ID_LENGTH);
    const id = ids.slice(start, start + RUN_ID_LENGTH);
    const isInside = id.includes(part);
    if (isInside) found.push(id);
    at = ids.indexOf(part, isInside ? start + RUN_ID_LENGTH : at + 1);
  }
  return found;
}

interface TrigramRow {
  readonly position: number | bigint;
  readonly trigram: string;
  readonly runs: string;
}

/** Those without a list come first. */
function rarestFirst(trigrams: readonly string[], lists: readonly TrigramRow[]): string[] {
  const lengths = new Map(lists.map(({ trigram, runs }) => [trigram, runs.length]));
  return [...trigrams].sort((a, b) => (lengths.get(a) ?? 0) - (lengths.get(b) ?? 0));
}

/** Each list is looked up by its key: a planner that joined otherwise would read all lists of the segments. */
function joined(kind: DatabaseConfig['kind'], condition: Sql): Sql {
  return kind === 'sqlite'
    ? sql`CROSS JOIN search_trigrams t WHERE ${condition}`
    : sql`CROSS JOIN LATERAL (SELECT * FROM search_trigrams t WHERE ${condition} OFFSET 0) AS t`;
}

/** Evenly from all texts, because neighbors have two characters in common. */
function chooseTrigrams(texts: readonly string[]): readonly string[] {
  // PostgreSQL's text cannot contain U+0000.
  const all = [...new Set(texts.flatMap((text) => [...(trigramsOf(text) ?? [])]))].filter(
    (trigram) => !trigram.includes('\0'),
  );
  const every = Math.max(1, all.length / MAX_TRIGRAMS);
  return Array.from({ length: Math.min(all.length, MAX_TRIGRAMS) }, (_, n) => all[Math.floor(n * every)] as string);
}
