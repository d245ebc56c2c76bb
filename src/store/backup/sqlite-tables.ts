import Database from 'better-sqlite3';
import { openSqliteConnection, type SqliteConnection } from '../connections/sqlite-connection.ts';
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

const TYPES: Readonly<Record<string, ColumnType>> = {
  TEXT: 'text',
  INTEGER: 'integer',
  BIGINT: 'integer',
  REAL: 'float',
  DATETIME: 'time',
  BLOB: 'bytes',
  BOOLEAN: 'boolean',
};

/** The tables of a file as they are now, while a server may write to it. */
export function readSqliteTables(file: string): TableReader {
  const db = openSqliteConnection(file, { readonly: true });
  db.exec('BEGIN');
  // The first read takes the snapshot.
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  return readerOf(db, async () => void db.close());
}

/** A migrated file without rows. @param file is not used by anybody else */
export function writeSqliteTables(file: string): TableWriter {
  const db = new Database(file, { fileMustExist: true });
  db.pragma('foreign_keys = OFF');
  db.exec('BEGIN IMMEDIATE');
  const statements = new Map<string, Database.Statement>();
  return {
    ...readerOf(db, async () => void db.close()),
    insert: async ({ name, columns }, rows) => {
      const names = Object.keys(columns);
      const values = names.map(() => '?').join(', ');
      const sql = `INSERT INTO ${quoted(name)} (${names.map(quoted).join(', ')}) VALUES (${values})`;
      const statement = statements.get(name) ?? db.prepare(sql);
      statements.set(name, statement);
      for (const row of rows)
        statement.run(...names.map((column) => toCell(row[column] ?? null, columns[column] as ColumnType)));
    },
    clear: async ({ name }) => void db.prepare(`DELETE FROM ${quoted(name)}`).run(),
    commit: async () => {
      db.exec('COMMIT');
      // So that the file is complete without its write-ahead log.
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
  };
}

function readerOf(db: SqliteConnection, close: () => Promise<void>): TableReader {
  const shapes = () =>
    db
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name",
      )
      .all()
      .filter(({ name }) => !UNSAVED_TABLES.includes(name))
      .map(({ name }) => shapeOf(db, name));
  return {
    tables: async () => shapes(),
    rows: (table) => convertRows(db, table),
    async *query(sql) {
      for (const row of db.prepare(sql).iterate()) yield row as TableRow;
    },
    [Symbol.asyncDispose]: close,
  };
}

function shapeOf(db: SqliteConnection, name: string): TableShape {
  const all = db.pragma(`table_info(${quoted(name)})`) as { name: string; type: string; pk: number }[];
  const key = all.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    name,
    columns: Object.fromEntries(all.map((column) => [column.name, TYPES[column.type] ?? 'text'])),
    key: key.map((column) => column.name),
  };
}

async function* convertRows(db: SqliteConnection, table: TableShape): AsyncGenerator<TableRow> {
  const columns = Object.entries(table.columns);
  for (const row of db.prepare<[], Record<string, unknown>>(selectRows(table)).iterate()) {
    yield Object.fromEntries(columns.map(([name, type]) => [name, fromCell(row[name], type)]));
  }
}

function fromCell(value: unknown, type: ColumnType): CellValue {
  if (value === null || value === undefined) return null;
  if (type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  return type === 'boolean' ? value === 1 : (value as CellValue);
}

function toCell(value: CellValue, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === 'bytes') return Buffer.from(String(value), 'base64');
  return type === 'boolean' ? Number(value) : value;
}
