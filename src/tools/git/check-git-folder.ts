import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../core/errors.ts';

const FOLDERS = ['.', 'objects', 'objects/info', 'objects/pack', 'refs', 'refs/heads'];
const FILES = ['HEAD', 'index', 'packed-refs'];
/** They make git read objects that lie elsewhere. */
const NEVER = ['objects/info/alternates', 'objects/info/http-alternates'];
const MOST_REFS = 20_000;

/**
 * Whatever made the folder `.git`: git reads and writes in it alone, because nothing in it leads elsewhere.
 * @throws Fault FORBIDDEN, NOT_FOUND when there is none
 */
export async function checkPlainStore(gitFolder: string): Promise<void> {
  if (!(await typeOf(gitFolder))) {
    throw new Fault('NOT_FOUND', 'The folder holds no repository yet. Call repo.git.init first.');
  }
  for (const name of FOLDERS) await expectType(gitFolder, name, 'folder');
  for (const name of FILES) await expectType(gitFolder, name, 'file');
  for (const name of NEVER) await expectType(gitFolder, name, undefined);
  for (const name of await readdir(join(gitFolder, 'objects'))) {
    if ((await typeOf(join(gitFolder, 'objects', name))) === 'other') throw leadsAway(`objects/${name}`);
  }
  const refs = await readdir(join(gitFolder, 'refs'), { recursive: true, withFileTypes: true });
  if (refs.length > MOST_REFS)
    throw new Fault('BAD_INPUT', `The repository has more than ${MOST_REFS} branches and tags.`);
  const odd = refs.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd) throw leadsAway(`refs/…/${odd.name}`);
}

type EntryType = 'file' | 'folder' | 'other' | undefined;

/** Where it is there, it is of this type. */
async function expectType(gitFolder: string, name: string, type: EntryType): Promise<void> {
  const found = await typeOf(join(gitFolder, name));
  if (found !== undefined && found !== type) throw leadsAway(name);
}

async function typeOf(path: string): Promise<EntryType> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return undefined;
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'other';
}

function leadsAway(name: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `.git/${name} of this repository is not what git makes and could lead out of the workspace. Delete .git and call repo.git.init.`,
  );
}
