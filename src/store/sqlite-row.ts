import type { Sqlite } from './sqlite-database.ts';

/** Inserts rows whose fields are the table's columns in camelCase, always all of them and in the same order. */
export function createInsert(db: Sqlite): (table: string, row: object) => void {
  const statements = new Map<string, { run(...values: unknown[]): unknown }>();
  return (table, row) => {
    let statement = statements.get(table);
    if (!statement) {
      const columns = Object.keys(row).map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
      const places = columns.map(() => '?').join(', ');
      statement = db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
      statements.set(table, statement);
    }
    statement.run(...Object.values(row));
  };
}

/** A row as `SELECT *` gives it, with its columns in camelCase. */
export function fromColumns<Row>(row: object): Row {
  const fields = Object.entries(row).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(fields) as Row;
}
