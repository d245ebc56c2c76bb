import pg from 'pg';
import { connectionConfig } from '../connections/postgres-connection.ts';
import {
  type CellValue,
  type ColumnType,
  quoted,
  selectRows,
  type TableReader,
  type TableRow,
  type TableShape,
  type TableWriter,
  UNSAVED_TABLES,
} from './table-rows.ts';

const ROWS_PER_FETCH = 1_000;

const TYPES: Readonly<Record<string, ColumnType>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'integer',
  'double precision': 'float',
  'timestamp with time zone': 'time',
  bytea: 'bytes',
  boolean: 'boolean',
};

/** The tables of a database as they are now, while servers may write to it. */
export async function readPostgresTables(url: string): Promise<TableReader> {
  const client = await connect(url, 'backup');
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return readerOf(client);
}

/** A migrated database without rows. Servers that start meanwhile wait. */
export async function writePostgresTables(url: string): Promise<TableWriter> {
  const client = await connect(url, 'restore');
  await client.query('BEGIN');
  const reader = readerOf(client);
  return {
    ...reader,
    insert: async ({ name, columns }, rows) => {
      const names = Object.keys(columns).map(quoted).join(', ');
      const sql = `INSERT INTO ${quoted(name)} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${quoted(name)}, $1)`;
      await client.query(sql, [JSON.stringify(rows.map((row) => toRecord(row, columns)))]);
    },
    clear: async ({ name }) => void (await client.query(`DELETE FROM ${quoted(name)}`)),
    commit: async () => void (await client.query('COMMIT')),
  };
}

async function connect(url: string, name: string): Promise<pg.Client> {
  // A statement takes as long as its rows do.
  const client = new pg.Client({ ...connectionConfig(url, name), query_timeout: 0 });
  await client.connect();
  return client;
}

function readerOf(client: pg.Client): TableReader {
  let cursors = 0;
  async function* query(sql: string): AsyncGenerator<Record<string, unknown>> {
    cursors += 1;
    const cursor = `rows_${cursors}`;
    await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`);
    for (;;) {
      const { rows } = await client.query(`FETCH ${ROWS_PER_FETCH} FROM ${cursor}`);
      yield* rows;
      if (rows.length < ROWS_PER_FETCH) break;
    }
    await client.query(`CLOSE ${cursor}`);
  }
  return {
    tables: () => shapesOf(client),
    async *rows(table) {
      const columns = Object.entries(table.columns);
      for await (const row of query(selectRows(table))) {
        yield Object.fromEntries(columns.map(([name, type]) => [name, fromCell(row[name], type)]));
      }
    },
    query: (sql) => query(sql) as AsyncIterable<TableRow>,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

const COLUMNS_SQL = `
  SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
  JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
  WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`;
const KEYS_SQL = `
  SELECT k.table_name, k.column_name FROM information_schema.table_constraints t
  JOIN information_schema.key_column_usage k ON k.constraint_name = t.constraint_name AND k.table_schema = t.table_schema
  WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = current_schema() ORDER BY k.table_name, k.ordinal_position`;

async function shapesOf(client: pg.Client): Promise<readonly TableShape[]> {
  const columns = await client.query<{ table_name: string; column_name: string; data_type: string }>(COLUMNS_SQL);
  const keys = await client.query<{ table_name: string; column_name: string }>(KEYS_SQL);
  const names = [...new Set(columns.rows.map(({ table_name: name }) => name))].sort();
  return names
    .filter((name) => !UNSAVED_TABLES.includes(name))
    .map((name) => ({
      name,
      columns: Object.fromEntries(
        columns.rows
          .filter((row) => row.table_name === name)
          .map((row) => [row.column_name, TYPES[row.data_type] ?? 'text']),
      ),
      key: keys.rows.filter((row) => row.table_name === name).map((row) => row.column_name),
    }));
}

function fromCell(value: unknown, type: ColumnType): CellValue {
  if (value === null || value === undefined) return null;
  if (type === 'time') return (value as Date).getTime();
  return type === 'bytes' ? Buffer.from(value as Uint8Array).toString('base64') : (value as CellValue);
}

function toRecord(row: TableRow, columns: TableShape['columns']): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (value === null) continue;
    const type = columns[name];
    if (type === 'time') record[name] = new Date(value as number).toISOString();
    else if (type === 'bytes') record[name] = `\\x${Buffer.from(String(value), 'base64').toString('hex')}`;
    else record[name] = value;
  }
  return record;
}
