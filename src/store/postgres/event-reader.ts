import type { Pool } from 'pg';
import { toEvent } from '../../audit/verify-chain.ts';
import type { Event } from '../../core/event.ts';
import { retryReads } from '../connections/retry-reads.ts';
import type { CommittedAppend } from '../journal/append-queue.ts';
import {
  type EventReader,
  type LevelCount,
  MAX_PAGE_CHARACTERS,
  MAX_WINDOW_ROWS,
  type RunEventView,
  type SearchedRow,
  toSearched,
} from '../journal/event-reader.ts';
import type { EventView } from '../journal/event-view.ts';
import { EVENT_COLUMNS, selectList } from '../rows/columns.ts';
import type { EventRow } from '../rows/event-row.ts';

/** A row of `events`, with its time as a Date. */
type PgEventRow = Omit<EventRow, 'at'> & { readonly at: Date };

const EVENT_FIELDS = selectList(EVENT_COLUMNS);

/** A row of a page, with the position where the page ends; an empty page is one row without an event. */
type PageRow = (PgEventRow | { readonly position: null }) & { readonly edge: number; readonly size: number };

const HEAD_SQL = 'SELECT position FROM journal WHERE id = 1';

/** Maximum events of other nodes that readers get from memory; beyond it, or a page's size, they read the store. */
const MAX_BETWEEN_EVENTS = 2_000;
const BETWEEN_SQL = `
  SELECT e.*, r.workflow FROM (
    SELECT ${EVENT_FIELDS}, sum(octet_length(payload)) OVER (ORDER BY position) AS size
    FROM events WHERE position > $1 AND position <= $2) AS e
  JOIN runs r ON r.id = e."runId" WHERE e.size <= ${MAX_PAGE_CHARACTERS} ORDER BY e.position`;

/** Approximate characters of an event in addition to its payload. */
const EVENT_OVERHEAD_CHARACTERS = 300;

/** Reads of `events`, retried while the database cannot be reached. */
export function createPostgresEventReader(pool: Pool): EventReader {
  const headBy = async (sql: string) =>
    (await retryReads(() => pool.query<{ position: number }>(sql))).rows[0]?.position ?? 0;
  return {
    head: () => headBy(HEAD_SQL),
    // The holder of the lock may still commit.
    stableHead: () => headBy(`${HEAD_SQL} FOR UPDATE`),
    readBetween: async (after, upTo) => {
      if (upTo - after > MAX_BETWEEN_EVENTS) return undefined;
      const { rows } = await retryReads(() =>
        pool.query<PgEventRow & { workflow: string | null }>(BETWEEN_SQL, [after, upTo]),
      );
      return rows.length === upTo - after ? groupByRun(rows) : undefined;
    },
    readRun: async (runId, afterSeq, limit) => {
      const sql = `SELECT ${EVENT_FIELDS} FROM events WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`;
      const { rows } = await retryReads(() => pool.query<PgEventRow>(sql, [runId, afterSeq, limit]));
      return rows.map(toEventRow);
    },
    page: async (view, position, limit, head) => {
      const { sql, values } = pageQuery(view, position, limit, head);
      const { rows } = await retryReads(() => pool.query<PageRow>(sql, values));
      const events: Event[] = [];
      for (const { edge: _, size: __, ...row } of rows)
        if (row.position !== null) events.push(toEvent(toEventRow(row)));
      const last = rows.at(-1) as PageRow;
      const full = events.length === limit || last.size > MAX_PAGE_CHARACTERS;
      const reached = full ? (events.at(-1) as Event).position : last.edge;
      return { events: events.filter(view.hasText), position: reached, caughtUp: reached === head };
    },
    seqAt: async (runId, position) => {
      const { rows } = await retryReads(() => pool.query<{ seq: number | null }>(SEQ_SQL, [runId, position]));
      return rows[0]?.seq ?? 1;
    },
    positionAt: async (runId, seq) => {
      const sql = 'SELECT position FROM events WHERE run_id = $1 AND seq = $2';
      const { rows } = await retryReads(() => pool.query<{ position: number }>(sql, [runId, seq]));
      return rows[0]?.position;
    },
    readBack: async (view, beforeSeq, limit) => {
      const first = Math.max(1, beforeSeq - MAX_WINDOW_ROWS);
      const { found, values } = stretchQuery(view, first, beforeSeq, EVENT_FIELDS);
      const sized = `SELECT *, sum(octet_length(payload)) OVER (ORDER BY seq DESC) AS size FROM (${found} ORDER BY seq DESC LIMIT ${limit}) AS found`;
      const sql = `SELECT * FROM (${sized}) AS page WHERE size - octet_length(payload) <= ${MAX_PAGE_CHARACTERS} ORDER BY seq DESC`;
      const { rows } = await retryReads(() => pool.query<PgEventRow & { size: number }>(sql, values));
      const events = rows.map(({ size: _, ...row }) => toEvent(toEventRow(row)));
      const full = rows.length === limit || (rows.at(-1)?.size ?? 0) > MAX_PAGE_CHARACTERS;
      return { events: events.filter(view.hasText), seq: full ? (events.at(-1) as Event).seq : first };
    },
    countBack: async (view, beforeSeq, fromSeq) => {
      const seq = Math.max(fromSeq, beforeSeq - MAX_WINDOW_ROWS);
      const isSearch = view.fragment !== undefined;
      const { found, values } = stretchQuery(view, seq, beforeSeq, isSearch ? 'type, payload' : 'count(*) AS count');
      const { rows } = await retryReads(() => pool.query<SearchedRow & { count: number }>(found, values));
      if (!isSearch) return { count: Number(rows[0]?.count), seq };
      return { count: rows.filter((row) => view.hasText(toSearched(row))).length, seq };
    },
    countLevelsBack: async (view, beforeSeq, fromSeq) => {
      const seq = Math.max(fromSeq, beforeSeq - MAX_WINDOW_ROWS);
      const { found, values } = stretchQuery(view, seq, beforeSeq, `${LEVEL} AS level, count(*)::int AS count`);
      const { rows } = await retryReads(() => pool.query<LevelCount>(`${found} GROUP BY 1`, values));
      return { levels: rows, seq };
    },
  };
}

/** Groups consecutive events of one run into appends. */
function groupByRun(rows: readonly (PgEventRow & { readonly workflow: string | null })[]): CommittedAppend[] {
  const appends: { events: Event[]; workflow: string | undefined; characters: number }[] = [];
  for (const { workflow, position, runId, seq, tenant, subject, type, at, step, prevHash, hash, payload } of rows) {
    const event = toEvent(
      toEventRow({ position, runId, seq, tenant, subject, type, at, step, prevHash, hash, payload }),
    );
    let append = appends.at(-1);
    if (append?.events[0]?.runId !== runId) {
      append = { events: [], workflow: workflow ?? undefined, characters: 0 };
      appends.push(append);
    }
    append.events.push(event);
    append.characters += EVENT_OVERHEAD_CHARACTERS + payload.length;
  }
  return appends;
}

function toEventRow({ at, ...row }: PgEventRow): EventRow {
  return { ...row, at: at.getTime() };
}

const SEQ_SQL = `
  SELECT coalesce(
    (SELECT seq FROM events WHERE position = $2 AND run_id = $1),
    (SELECT seq + 1 FROM events WHERE run_id = $1 AND position < $2 ORDER BY seq DESC LIMIT 1)) AS seq`;

/** Canonical JSON has its keys in order; as JSON a text with U+0000 could not be looked into. */
const LEVEL = `substring(payload from '^{"level":"([A-Z]+)"')`;

type Bind = (value: unknown, type: string) => string;

/** What a reader may see, and what it wants. */
function conditions({ scope, types, steps, workflow, levels, fragment }: EventView, bind: Bind) {
  const covered = `tenant = ${bind(scope.tenant, 'text')}${scope.subject === undefined ? '' : ` AND subject = ${bind(scope.subject, 'text')}`}`;
  const wanted = [
    types && `AND type = ANY (${bind(types, 'text[]')})`,
    steps && `AND step = ANY (${bind(steps, 'text[]')})`,
    workflow !== undefined &&
      `AND EXISTS (SELECT 1 FROM runs WHERE runs.id = events.run_id AND runs.workflow = ${bind(workflow, 'text')})`,
    levels && `AND (type <> 'LOG' OR ${LEVEL} = ANY (${bind(levels, 'text[]')}))`,
    fragment !== undefined &&
      `AND (type <> 'LOG' OR strpos(lower(payload COLLATE "C"), ${bind(fragment, 'text')} COLLATE "C") > 0)`,
  ]
    .filter(Boolean)
    .join(' ');
  return { covered, wanted };
}

/** Events of a window of a run, in no order. */
function stretchQuery(view: RunEventView, first: number, beforeSeq: number, fields: string) {
  const values: unknown[] = [];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const range = `run_id = ${bind(view.runId, 'text')} AND seq >= ${bind(first, 'int')} AND seq < ${bind(beforeSeq, 'int')}`;
  const { covered, wanted } = conditions(view, bind);
  return { found: `SELECT ${fields} FROM events WHERE ${range} AND ${covered} ${wanted}`, values };
}

/** One statement, which shows one moment: where the page ends, and the view's events up to there. */
function pageQuery(view: EventView, after: number, limit: number, head: number) {
  const values: unknown[] = [];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const [from, end] = [bind(after, 'bigint'), bind(head, 'bigint')];
  const { runId } = view;
  const { covered, wanted } = conditions(view, bind);

  let [range, edge, order] = [
    'position > at.start AND position <= at.edge',
    // Retention leaves gaps between positions, nothing else does.
    `least(${end}, coalesce((SELECT position FROM events WHERE position > ${from} ORDER BY position LIMIT 1), ${end}) - 1 + ${MAX_WINDOW_ROWS})`,
    'position',
  ];
  let start = from;
  if (runId !== undefined) {
    // In a run seq and position rise together: the cursor is converted to a seq, so that the index can seek to it. It may be of an event of
    // another run.
    const run = bind(runId, 'text');
    range = `run_id = ${run} AND seq > at.start AND position <= at.edge`;
    start = `CASE ${from} WHEN 0 THEN 0 ELSE coalesce(
      (SELECT seq FROM events WHERE position = ${from} AND run_id = ${run}),
      (SELECT seq FROM events WHERE run_id = ${run} AND position < ${from} ORDER BY seq DESC LIMIT 1), 0) END`;
    const within = `run_id = ${run} AND seq > ${start} AND ${covered} AND position <= ${end}`;
    const last = `(SELECT position FROM events WHERE ${within} ORDER BY seq OFFSET ${MAX_WINDOW_ROWS - 1} LIMIT 1)`;
    edge = wanted === '' ? end : `coalesce(${last}, ${end})`;
    order = 'seq';
  }
  const found = `SELECT ${EVENT_FIELDS} FROM events WHERE ${range} AND ${covered} ${wanted} ORDER BY ${order} LIMIT ${bind(limit, 'int')}`;
  const sized = `SELECT *, sum(octet_length(payload)) OVER (ORDER BY ${order}) AS size FROM (${found}) AS found`;
  const sql = `
    WITH at AS MATERIALIZED (SELECT ${start} AS start, ${edge} AS edge)
    SELECT at.edge, coalesce(page.size, 0)::bigint AS size, page.position, page."runId", page.seq, page.tenant, page.subject,
      page.type, page.at, page.step, page."prevHash", page.hash, page.payload
    FROM at LEFT JOIN LATERAL (${sized}) AS page ON page.size - octet_length(page.payload) <= ${MAX_PAGE_CHARACTERS}
    ORDER BY page.position`;
  return { sql, values };
}
