import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPages } from './check-pages.ts';
import { runPageCheck } from './run-page-check.ts';

const WHOLE = 2 ** 30;
const SAMPLE = 0;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-pages-'));
  file = join(folder, 'signalbox.db');
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, text); CREATE TABLE empty (n);
    CREATE TABLE keyed (k PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO keyed VALUES (1, 1);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO "odd ""name" SELECT i, hex(zeroblob(100)) FROM n`);
  db.close();
});
afterEach(() => rm(folder, { recursive: true }));

/** Overwrites every leaf page of the large table. */
async function damage(): Promise<void> {
  const db = new Database(file);
  const pages = db
    .prepare<[], number>(`SELECT pageno FROM dbstat WHERE name LIKE 'odd%' AND pagetype = 'leaf'`)
    .pluck();
  const [numbers, size] = [pages.all(), Number(db.pragma('page_size', { simple: true }))];
  db.close();
  const handle = await open(file, 'r+');
  for (const page of numbers) await handle.write(Buffer.alloc(200, 0xff), 0, 200, (page - 1) * size);
  await handle.close();
}

describe('a check of pages', () => {
  it.each([
    ['of a small file reads every page', WHOLE, true],
    ['of a large file reads a sample', SAMPLE, false],
  ])('%s, and finds nothing in a whole database', (_, maxWholeBytes, complete) => {
    expect(checkPages(file, maxWholeBytes)).toEqual({ problems: [], complete });
  });

  it.each([WHOLE, SAMPLE])('finds damaged pages (up to %i bytes read as a whole)', async (maxWholeBytes) => {
    await damage();
    expect(checkPages(file, maxWholeBytes).problems).not.toEqual([]);
  });

  it('finds that the end of the file is missing', async () => {
    await truncate(file, 3 * 4_096);
    expect(checkPages(file).problems).not.toEqual([]);
  });

  it('finds that the file is not a database', async () => {
    await writeFile(file, 'x'.repeat(10_000));
    expect(checkPages(file)).toEqual({ problems: ['file is not a database'], complete: true });
  });

  it('runs in another process while the database is in use, and fails with a reason when there is no file', async () => {
    const db = new Database(file);
    db.exec('BEGIN IMMEDIATE; INSERT INTO empty VALUES (1)');
    expect(await runPageCheck(file)).toEqual({ problems: [], complete: true });
    db.close();
    await expect(runPageCheck(join(folder, 'none'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: /no such file/,
    });
  });
});
