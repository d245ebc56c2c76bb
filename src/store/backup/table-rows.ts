/** What a column holds: as JSON, times are milliseconds since 1970, bytes are base64, numbers beyond 2^53 do not occur. */
export type ColumnType = 'text' | 'integer' | 'float' | 'time' | 'bytes' | 'boolean';

export type CellValue = string | number | boolean | null;

/** A row as JSON, by the names of its columns. The same on every kind of database. */
export type TableRow = Readonly<Record<string, CellValue>>;

export interface TableShape {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** The columns of its key, in which its rows are ordered. */
  readonly key: readonly string[];
}

/** All tables of a database at one moment. */
export interface TableReader extends AsyncDisposable {
  /** By name; without those that belong to the running servers and to migrations. */
  tables(): Promise<readonly TableShape[]>;
  /** The rows of a table in the order of its key. */
  rows(table: TableShape): AsyncIterable<TableRow>;
  /** The rows of a query that both kinds of databases understand. */
  query(sql: string): AsyncIterable<TableRow>;
}

/** An empty database that is filled in one transaction. */
export interface TableWriter extends TableReader {
  /** Removes what a migration has put into a table. */
  clear(table: TableShape): Promise<void>;
  insert(table: TableShape, rows: readonly TableRow[]): Promise<void>;
  /** Makes the rows durable. Without it, disposing of the writer leaves the database empty. */
  commit(): Promise<void>;
}

/** Leases of servers that run, and what has been migrated: of this database, not of its content. */
export const UNSAVED_TABLES: readonly string[] = ['_prisma_migrations', 'nodes'];

/** The name for use in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** All rows of a table in the order of its key. */
export function selectRows({ name, columns, key }: TableShape): string {
  const names = Object.keys(columns).map(quoted).join(', ');
  return `SELECT ${names} FROM ${quoted(name)} ORDER BY ${key.map(quoted).join(', ')}`;
}
