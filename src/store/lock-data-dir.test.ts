import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, link, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from './lock-data-dir.ts';

const warnings: unknown[] = [];
const logger = { debug() {}, info() {}, error() {}, warn: (_: string, fields: unknown) => void warnings.push(fields) };

let base: string;
let folder: string;
let holder: ChildProcess | undefined;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'signalbox-lock-'));
  folder = join(base, 'data');
  await mkdir(folder);
  const db = new Database(file());
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (n)');
  db.close();
});
afterEach(async () => {
  await killHolder();
  expect(warnings).toEqual([]);
  await rm(base, { recursive: true, force: true });
});

const file = (of = folder) => join(of, 'signalbox.db');

/** Locks a data folder and its database as a server does; throws if it is held. @returns releases it */
function lock(of: string): () => void {
  const { lockFile, release } = lockDataDir(of, logger);
  try {
    lockFile(file(of));
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

/** Another process that holds the lock until it is killed. */
async function startHolder(): Promise<void> {
  const module = new URL('./lock-data-dir.ts', import.meta.url).href;
  const code = `import { lockDataDir } from ${JSON.stringify(module)};
    lockDataDir(${JSON.stringify(folder)}, console).lockFile(${JSON.stringify(file())});
    console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  holder = child;
  await once(child.stdout, 'data');
}

async function killHolder(): Promise<void> {
  if (!holder) return;
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  holder = undefined;
}

describe('a data folder that another process has locked', () => {
  it('is free again as soon as that process has ended, even by SIGKILL', async () => {
    await startHolder();
    expect(() => lock(folder)).toThrow(/Another Signalbox process uses/);
    await killHolder();
    lock(folder)();
    lock(folder)();
  });

  it('stays locked when the file `lock` is removed or replaced', async () => {
    await startHolder();
    await rm(join(folder, 'lock'));
    expect(() => lock(folder)).toThrow(/Another Signalbox process uses/);
    await writeFile(join(folder, 'lock'), '');
    expect(() => lock(folder)).toThrow(/Another Signalbox process uses/);
    await killHolder();
    lock(folder)();
  });

  it('is locked under every other name, of the folder or of the database', async () => {
    await startHolder();
    await rm(join(folder, 'lock'));
    await symlink(folder, join(base, 'link'));
    expect(() => lock(join(base, 'link'))).toThrow(/Another Signalbox process uses/);
    for (const [name, make] of Object.entries({ hard: link, soft: symlink })) {
      const other = join(base, name);
      await mkdir(other);
      await make(file(), file(other));
      expect(() => lock(other)).toThrow(`Another Signalbox process uses ${file(other)}`);
    }
    await rename(folder, join(base, 'renamed'));
    expect(() => lock(join(base, 'renamed'))).toThrow(/Another Signalbox process uses/);
  });

  it('can be copied, because a copy is another database', async () => {
    await startHolder();
    await cp(folder, join(base, 'copy'), { recursive: true });
    lock(join(base, 'copy'))();
  });
});

it('the lock does not disturb those of SQLite, in this process or in another one', async () => {
  const release = lock(folder);
  const [writer, reader] = [new Database(file()), new Database(file(), { readonly: true })];
  writer.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (1)');
  const insert = `new (require('better-sqlite3'))(${JSON.stringify(file())}, { timeout: 0 }).exec('INSERT INTO t VALUES (2)')`;
  const attempt = () => once(spawn(process.execPath, ['-e', insert], { stdio: 'ignore' }), 'exit');
  expect(await attempt()).toEqual([1, null]);
  expect(reader.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
  writer.exec('COMMIT');
  expect(await attempt()).toEqual([0, null]);
  expect(reader.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 2 });
  writer.close();
  reader.close();
  release();
});
