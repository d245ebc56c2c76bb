import type { Event } from '../core/event.ts';
import type { EventBatch } from '../core/journal.ts';
import type { EventView } from './event-view.ts';
import type { Sqlite } from './sqlite-database.ts';
import { type StoredEvent, toEvent } from './stored-event.ts';

/** Rows that one page looks at, at most: some milliseconds of the event loop, whatever the filter lets through. */
const WINDOW = 2_000;

/** Characters of payload in one page, unless its first event alone has more. */
const PAGE_SIZE = 2 * 1024 * 1024;

const COLUMNS = 'position, run_id AS runId, seq, tenant, subject, type, at, step, prev_hash AS prevHash, hash, payload';

/** Reads of the table `events`, each synchronous and bounded. */
export interface StoredEvents {
  /** The newest position. */
  head(): number;
  /** What the view sees after `position` and up to `head`. It may hold no event and still have moved on. */
  page(view: EventView, position: number, limit: number, head: number): EventBatch;
  /** One run's rows in the order of seq, as they lie there. */
  ofRun(runId: string, afterSeq: number, limit: number): readonly StoredEvent[];
}

export function createSqliteEvents(db: Sqlite): StoredEvents {
  const statements = new Map<string, ReturnType<typeof db.prepare>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const newest = db.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
  const ofRun = db.prepare<[string, number, number], StoredEvent>(
    `SELECT ${COLUMNS} FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );

  return {
    head: () => newest.get() ?? 0,
    ofRun: (runId, afterSeq, limit) => ofRun.all(runId, afterSeq, limit),
    page: (view, position, limit, head) => {
      const { range, filters, order } = clauses(view);
      const values = { ...bindings(view), after: position, end: head, limit };
      if (filters !== '') {
        const edge = prepared(`SELECT position FROM ${range} ORDER BY ${order} LIMIT 1 OFFSET ${WINDOW - 1}`);
        values.end = (edge.pluck().get(values) as number | undefined) ?? head;
      }
      const rows = prepared(`SELECT ${COLUMNS} FROM ${range} ${filters} ORDER BY ${order} LIMIT @limit`);
      const events: Event[] = [];
      let size = 0;
      for (const row of rows.iterate(values) as IterableIterator<StoredEvent>) {
        events.push(toEvent(row));
        size += row.payload.length;
        if (size > PAGE_SIZE) break;
      }
      const full = events.length === limit || size > PAGE_SIZE;
      const reached = full ? (events.at(-1) as Event).position : values.end;
      return { events, position: reached, caughtUp: reached === head };
    },
  };
}

/** The rows of the view's scope that one index holds in order, and the conditions that are left to look at in each. */
function clauses(view: EventView) {
  const scope = `tenant = @tenant${view.scope.subject === undefined ? '' : ' AND subject = @subject'}`;
  const between = `${scope} AND position > @after AND position <= @end`;
  const filters = [
    view.types && 'AND type IN (SELECT value FROM json_each(@types))',
    view.steps && 'AND step IN (SELECT value FROM json_each(@steps))',
    view.workflow !== undefined &&
      'AND EXISTS (SELECT 1 FROM runs WHERE runs.id = events.run_id AND runs.workflow = @workflow)',
    view.levels && `AND (type <> 'LOG' OR payload ->> '$.level' IN (SELECT value FROM json_each(@levels)))`,
  ]
    .filter(Boolean)
    .join(' ');
  if (view.runId !== undefined) {
    // In a run seq and position rise together; the subquery turns the cursor into a seq, so that the index is entered there.
    const start = 'coalesce((SELECT seq FROM events WHERE position = @after AND run_id = @runId), 0)';
    const range = `events INDEXED BY events_run_id_seq_key WHERE run_id = @runId AND seq > ${start} AND ${between}`;
    return { range, filters, order: 'seq' };
  }
  const index = view.scope.subject === undefined ? 'events_tenant_position_idx' : 'events_tenant_subject_position_idx';
  return { range: `events INDEXED BY ${index} WHERE ${between}`, filters, order: 'position' };
}

function bindings({ scope, runId, types, steps, workflow, levels }: EventView) {
  return {
    tenant: scope.tenant,
    subject: scope.subject,
    runId,
    types: JSON.stringify(types ?? []),
    steps: JSON.stringify(steps ?? []),
    workflow,
    levels: JSON.stringify(levels ?? []),
  };
}
