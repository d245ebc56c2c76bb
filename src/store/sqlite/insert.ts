import type { SqliteConnection } from '../connections/sqlite-connection.ts';
import { toColumnName } from '../rows/columns.ts';

/** Maximum statements for one table, each for another set of columns; beyond it, all are prepared again. */
const MAX_CACHED_STATEMENTS = 64;

interface InsertStatement {
  run(...values: unknown[]): unknown;
}

/**
 * Inserts rows whose fields are the table's columns in camelCase, always all of them and in the same order. Null fields are
 * left out of the statement: binding a null costs as much as binding a number, and most rows have many. So a nullable column
 * cannot have a default.
 */
export function createInsert(db: SqliteConnection): (table: string, row: object) => void {
  const tables = new Map<string, Map<number, InsertStatement>>();

  const prepare = (table: string, row: object): InsertStatement => {
    const fields = Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [name]));
    const columns = fields.map(toColumnName);
    return db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  };

  const statementsOf = (table: string): Map<number, InsertStatement> => {
    let statements = tables.get(table);
    if (!statements) {
      statements = new Map();
      tables.set(table, statements);
    }
    return statements;
  };

  return (table, row) => {
    const values: unknown[] = [];
    // One bit for each field that is present; exact for up to 53 fields.
    let present = 0;
    for (const name in row) {
      const value = row[name as keyof typeof row] as unknown;
      present *= 2;
      if (value === null) continue;
      present += 1;
      values.push(value);
    }
    const statements = statementsOf(table);
    let statement = statements.get(present);
    if (!statement) {
      if (statements.size >= MAX_CACHED_STATEMENTS) statements.clear();
      statement = prepare(table, row);
      statements.set(present, statement);
    }
    statement.run(...values);
  };
}
