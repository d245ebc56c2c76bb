import Database from 'better-sqlite3';
import { Client } from 'pg';
import type { OpenSubject, Subject, SubjectOptions } from '../load/subject.ts';
import { createCopies, makeOneRun, type Row, type RunRows, TABLES, type Table } from './run-rows.ts';

/**
 * The limit: a plain loop that inserts the rows of finished runs, as many runs in a transaction as may be concurrent. It
 * runs nothing, hashes nothing, waits for nobody, reads nothing back and writes each row once. The variant `as stored` copies
 * the newest run of a PostgreSQL database, instead of a run of three steps.
 */
export const open: OpenSubject = async (options) => {
  if (options.variant !== AS_STORED) await makeOneRun(options.url);
  return options.url.startsWith('postgres') ? openPostgres(options) : openSqlite(options);
};

const AS_STORED = 'as stored';

/** One statement in each transaction: the rows of every table, each an array of JSON. */
async function openPostgres({ url, concurrency }: SubjectOptions): Promise<Subject> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const original: Partial<Record<Table, Row[]>> = {};
  const newest = '(SELECT id FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1)';
  for (const table of TABLES) {
    const column = table === 'runs' ? 'id' : 'run_id';
    const { rows } = await client.query<{ row: Row }>(
      `SELECT row_to_json(t) AS row FROM ${table} t WHERE ${column} = ${newest}`,
    );
    original[table] = rows.map(({ row }) => row);
  }
  const head = await client.query<{ position: string }>('SELECT position FROM journal');
  const copies = createCopies(original as RunRows, Number(head.rows[0]?.position));
  const inserts = TABLES.map(
    (table, i) => `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $${i + 1})`,
  );
  const parts = inserts.map((insert, i) => `part${i} AS (${insert})`);
  const text = `WITH ${parts.join(', ')} SELECT 1`;
  return {
    batch: concurrency,
    perform: async () => {
      const rows = copies(concurrency);
      await client.query({ name: 'insert', text, values: TABLES.map((table) => JSON.stringify(rows[table])) });
    },
    close: () => client.end(),
  };
}

/** A prepared statement for each row, without its nulls, as durable as the store: WAL, synchronous FULL. */
async function openSqlite({ url, concurrency }: SubjectOptions): Promise<Subject> {
  const db = new Database(url);
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  const rowsOf = (table: Table) => db.prepare<[], Row>(`SELECT * FROM ${table}`).all().map(withoutNulls);
  const original = Object.fromEntries(TABLES.map((table) => [table, rowsOf(table)])) as unknown as RunRows;
  const copies = createCopies(original);
  const prepare = (table: Table) =>
    original[table].map((row) => {
      const columns = Object.keys(row);
      return db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`);
    });
  const statements = TABLES.map((table) => [table, prepare(table)] as const);
  const write = db.transaction((rows: Record<Table, Row[]>) => {
    for (const [table, prepared] of statements) {
      for (const [i, row] of rows[table].entries()) prepared[i % prepared.length]?.run(...Object.values(row));
    }
  });
  return {
    batch: concurrency,
    perform: async () => {
      write.immediate(copies(concurrency));
      // Lets timers run, such as the end of the warm-up.
      await new Promise(setImmediate);
    },
    close: async () => {
      db.close();
    },
  };
}

function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
