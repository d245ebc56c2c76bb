import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { createInsert } from './insert.ts';

it('inserts rows with any combination of nulls, more than it caches statements for', () => {
  const db = new Database(':memory:');
  const fields = ['aOne', 'bTwo', 'cThree', 'dFour', 'eFive', 'fSix', 'gSeven'];
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a_one, b_two, c_three, d_four, e_five, f_six, g_seven)');
  const insert = createInsert(db);
  const rows = Array.from({ length: 256 }, (_, id) => {
    const values = fields.map((name, i) => [name, id & (1 << i) ? `${name} of ${id}` : null]);
    return { id, ...Object.fromEntries(values) };
  });
  for (const row of rows) insert('t', row);
  const stored = db.prepare('SELECT * FROM t ORDER BY id').raw().all();
  expect(stored).toEqual(rows.map((row) => Object.values(row)));
  db.close();
});
