import { toEvent } from '../../audit/verify-chain.ts';
import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';
import {
  type EventReader,
  type LevelCount,
  MAX_PAGE_CHARACTERS,
  MAX_WINDOW_ROWS,
  type RunEventView,
  type SearchedRow,
  type Stretch,
  toSearched,
} from '../journal/event-reader.ts';
import type { EventView } from '../journal/event-view.ts';
import { EVENT_COLUMNS, selectList } from '../rows/columns.ts';
import type { EventRow } from '../rows/event-row.ts';

const EVENT_FIELDS = selectList(EVENT_COLUMNS);

/** Reads on one connection, a few milliseconds each. @param schedule runs reads in time slices of the event loop */
export function createSqliteEventReader(db: SqliteConnection, schedule: <T>(work: () => T) => Promise<T>): EventReader {
  const statements = new Map<string, ReturnType<typeof db.prepare>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const newest = db.prepare<[], number>('SELECT position FROM journal WHERE id = 1').pluck();
  const firstAfter = db
    .prepare<[number], number>('SELECT position FROM events WHERE position > ? ORDER BY position LIMIT 1')
    .pluck();
  const ofRun = db.prepare<[string, number, number], EventRow>(
    `SELECT ${EVENT_FIELDS} FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );

  const seqAt = db
    .prepare<[{ runId: string; position: number }], number>(
      `SELECT coalesce(
         (SELECT seq FROM events WHERE position = @position AND run_id = @runId),
         (SELECT seq + 1 FROM events INDEXED BY events_run_id_seq_key WHERE run_id = @runId AND position < @position
          ORDER BY seq DESC LIMIT 1))`,
    )
    .pluck();
  const positionAt = db
    .prepare<[string, number], number>('SELECT position FROM events WHERE run_id = ? AND seq = ?')
    .pluck();

  const page = (view: EventView, position: number, limit: number, head: number): EventBatch => {
    const { range, filters, order } = clauses(view);
    const values = { ...bindings(view), after: position, end: head, limit };
    if (view.runId === undefined) {
      // Only retention leaves gaps between positions.
      const start = (firstAfter.get(position) ?? head) - 1;
      values.end = Math.min(head, start + MAX_WINDOW_ROWS);
    } else if (filters !== '') {
      const edge = prepared(`SELECT position FROM ${range} ORDER BY ${order} LIMIT 1 OFFSET ${MAX_WINDOW_ROWS - 1}`);
      values.end = (edge.pluck().get(values) as number | undefined) ?? head;
    }
    const rows = prepared(`SELECT ${EVENT_FIELDS} FROM ${range} ${filters} ORDER BY ${order} LIMIT @limit`);
    const events: Event[] = [];
    let size = 0;
    for (const row of rows.iterate(values) as IterableIterator<EventRow>) {
      events.push(toEvent(row));
      size += row.payload.length;
      if (size > MAX_PAGE_CHARACTERS) break;
    }
    const full = events.length === limit || size > MAX_PAGE_CHARACTERS;
    const reached = full ? (events.at(-1) as Event).position : values.end;
    return { events: events.filter(view.hasText), position: reached, caughtUp: reached === head };
  };
  const readBack = (view: RunEventView, beforeSeq: number, limit: number): Stretch => {
    const first = Math.max(1, beforeSeq - MAX_WINDOW_ROWS);
    const { range, filters } = stretchClauses(view);
    const rows = prepared(`SELECT ${EVENT_FIELDS} FROM ${range} ${filters} ORDER BY seq DESC LIMIT @limit`);
    const events: Event[] = [];
    let size = 0;
    for (const row of rows.iterate({ ...bindings(view), first, beforeSeq, limit }) as IterableIterator<EventRow>) {
      events.push(toEvent(row));
      size += row.payload.length;
      if (size > MAX_PAGE_CHARACTERS) break;
    }
    const full = events.length === limit || size > MAX_PAGE_CHARACTERS;
    return { events: events.filter(view.hasText), seq: full ? (events.at(-1) as Event).seq : first };
  };
  const countBack = (view: RunEventView, beforeSeq: number, fromSeq: number) => {
    const seq = Math.max(fromSeq, beforeSeq - MAX_WINDOW_ROWS);
    const { range, filters } = stretchClauses(view);
    const values = { ...bindings(view), first: seq, beforeSeq };
    if (view.fragment === undefined) {
      const count = prepared(`SELECT count(*) FROM ${range} ${filters}`).pluck().get(values) as number;
      return { count, seq };
    }
    const rows = prepared(`SELECT type, payload FROM ${range} ${filters}`).all(values) as SearchedRow[];
    return { count: rows.filter((row) => view.hasText(toSearched(row))).length, seq };
  };
  const countLevelsBack = (view: RunEventView, beforeSeq: number, fromSeq: number) => {
    const seq = Math.max(fromSeq, beforeSeq - MAX_WINDOW_ROWS);
    const { range, filters } = stretchClauses(view);
    const level = `payload ->> '$.level'`;
    const counts = prepared(`SELECT ${level} AS level, count(*) AS count FROM ${range} ${filters} GROUP BY 1`);
    return { levels: counts.all({ ...bindings(view), first: seq, beforeSeq }) as LevelCount[], seq };
  };
  const head = async () => newest.get() ?? 0;

  return {
    head,
    // Only the writer commits, and its transaction ends with it.
    stableHead: head,
    page: (view, position, limit, end) => schedule(() => page(view, position, limit, end)),
    // No other process appends.
    readBetween: async () => undefined,
    seqAt: async (runId, position) => seqAt.get({ runId, position }) ?? 1,
    positionAt: async (runId, seq) => positionAt.get(runId, seq),
    readBack: (view, beforeSeq, limit) => schedule(() => readBack(view, beforeSeq, limit)),
    countBack: (view, beforeSeq, fromSeq) => schedule(() => countBack(view, beforeSeq, fromSeq)),
    countLevelsBack: (view, beforeSeq, fromSeq) => schedule(() => countLevelsBack(view, beforeSeq, fromSeq)),
    readRun: (runId, afterSeq, limit) => schedule(() => ofRun.all(runId, afterSeq, limit)),
  };
}

/** What a reader may see, and what it wants. */
function conditions(view: EventView) {
  const scope = `tenant = @tenant${view.scope.subject === undefined ? '' : ' AND subject = @subject'}`;
  const filters = [
    view.types && 'AND type IN (SELECT value FROM json_each(@types))',
    view.steps && 'AND step IN (SELECT value FROM json_each(@steps))',
    view.workflow !== undefined &&
      'AND EXISTS (SELECT 1 FROM runs WHERE runs.id = events.run_id AND runs.workflow = @workflow)',
    view.levels && `AND (type <> 'LOG' OR payload ->> '$.level' IN (SELECT value FROM json_each(@levels)))`,
    // SQLite's lower() is that of ASCII.
    view.fragment !== undefined && `AND (type <> 'LOG' OR instr(lower(payload), @fragment))`,
  ]
    .filter(Boolean)
    .join(' ');
  return { scope, filters };
}

/** The same for a window of a run. */
function stretchClauses(view: RunEventView) {
  const { scope, filters } = conditions(view);
  const range = `events INDEXED BY events_run_id_seq_key WHERE run_id = @runId AND seq >= @first AND seq < @beforeSeq AND ${scope}`;
  return { range, filters };
}

/** The range of rows that one index has in order, and the conditions to check for each row. */
function clauses(view: EventView) {
  const { scope, filters } = conditions(view);
  if (view.runId !== undefined) {
    // In a run seq and position rise together; the subquery converts the cursor to a seq, so that the index can seek to it. The cursor may
    // be of an event of another run.
    const start = `CASE @after WHEN 0 THEN 0 ELSE coalesce(
      (SELECT seq FROM events WHERE position = @after AND run_id = @runId),
      (SELECT seq FROM events INDEXED BY events_run_id_seq_key WHERE run_id = @runId AND position < @after ORDER BY seq DESC LIMIT 1), 0) END`;
    const range = `events INDEXED BY events_run_id_seq_key WHERE run_id = @runId AND seq > ${start} AND ${scope} AND position <= @end`;
    return { range, filters, order: 'seq' };
  }
  return {
    range: 'events WHERE position > @after AND position <= @end',
    filters: `AND ${scope} ${filters}`,
    order: 'position',
  };
}

function bindings({ scope, runId, types, steps, workflow, levels, fragment }: EventView) {
  return {
    tenant: scope.tenant,
    subject: scope.subject,
    runId,
    types: JSON.stringify(types ?? []),
    steps: JSON.stringify(steps ?? []),
    workflow,
    fragment,
    levels: JSON.stringify(levels ?? []),
  };
}
