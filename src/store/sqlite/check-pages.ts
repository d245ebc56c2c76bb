import { statSync } from 'node:fs';
import Database from 'better-sqlite3';

/** What a check of the pages of a database file found. */
export interface PageReport {
  /** As SQLite words them; empty if nothing is damaged. */
  readonly problems: readonly string[];
  /** False for a large file, of which only a sample of the rows was read. */
  readonly complete: boolean;
}

/** Up to this size every page is read: about a second. */
const MAX_WHOLE_BYTES = 256 * 2 ** 20;
const MAX_PROBLEMS = 20;
/** How long a larger file is sampled. */
const SAMPLE_MS = 1_500;
/** Rows that are read in order from one random place. */
const WINDOW_ROWS = 50;

/** Reads the pages of a database that another process may be using; bounded in time, whatever its size. Blocks the thread. */
export function checkPages(file: string, maxWholeBytes: number = MAX_WHOLE_BYTES): PageReport {
  const complete = statSync(file).size <= maxWholeBytes;
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return { problems: complete ? quickCheck(db) : sampleRows(db), complete };
    } finally {
      db.close();
    }
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (!/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(String(code))) throw error;
    return { problems: [message], complete };
  }
}

function quickCheck(db: Database.Database): readonly string[] {
  const rows = db.prepare<[], string>(`PRAGMA quick_check(${MAX_PROBLEMS})`).pluck().all();
  return rows.length === 1 && rows[0] === 'ok' ? [] : rows;
}

/** Reads rows at random places of every table in turn, which follows their trees from the root; throws at a damaged page. */
function sampleRows(db: Database.Database): readonly string[] {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND wr = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all();
  const tables = names.map((name) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const edge = (order: string) =>
      Number(db.prepare<[], number>(`SELECT rowid FROM ${quoted} ORDER BY rowid ${order} LIMIT 1`).pluck().get() ?? 0);
    const rows = db.prepare<[number]>(`SELECT * FROM ${quoted} WHERE rowid >= ? ORDER BY rowid LIMIT ${WINDOW_ROWS}`);
    return { rows, first: edge('ASC'), last: edge('DESC') };
  });
  for (const end = performance.now() + SAMPLE_MS; performance.now() < end; ) {
    for (const { rows, first, last } of tables) rows.raw().all(first + Math.floor(Math.random() * (last - first + 1)));
  }
  return [];
}
