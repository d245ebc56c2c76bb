import type { Sqlite } from './sqlite-database.ts';

/** Of one table, each for other columns; past it rows are inserted with all of theirs. */
const MOST_STATEMENTS = 64;

type Insert = { run(...values: unknown[]): unknown };

/**
 * Inserts rows whose fields are the table's columns in camelCase, always all of them and in the same order. What is null
 * is left out of the statement: a null that is bound costs as much as a number, and most rows have many. So no column
 * that may be null can have a default.
 */
export function createInsert(db: Sqlite): (table: string, row: object) => void {
  const tables = new Map<string, Map<number, Insert>>();

  const prepare = (table: string, fields: readonly string[]): Insert => {
    const columns = fields.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    return db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  };

  return (table, row) => {
    let statements = tables.get(table);
    if (!statements) {
      statements = new Map();
      tables.set(table, statements);
    }
    const values: unknown[] = [];
    // A binary digit for each field: exact up to 53 of them.
    let present = 0;
    for (const name in row) {
      const value = row[name as keyof typeof row] as unknown;
      present *= 2;
      if (value === null) continue;
      present += 1;
      values.push(value);
    }
    let statement = statements.get(present);
    if (!statement) {
      const fields = Object.entries(row);
      if (statements.size >= MOST_STATEMENTS) {
        statement =
          statements.get(ALL) ??
          prepare(
            table,
            fields.map(([name]) => name),
          );
        statements.set(ALL, statement);
        statement.run(...fields.map(([, value]) => value));
        return;
      }
      statement = prepare(
        table,
        fields.flatMap(([name, value]) => (value === null ? [] : [name])),
      );
      statements.set(present, statement);
    }
    statement.run(...values);
  };
}

const ALL = -1;
