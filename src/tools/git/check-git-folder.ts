import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../core/errors.ts';

const EXPECTED_FOLDERS = ['.', 'objects', 'objects/info', 'objects/pack', 'refs', 'refs/heads'];
const EXPECTED_FILES = ['HEAD', 'index', 'packed-refs'];
/** Files that make git read objects from elsewhere. */
const FORBIDDEN_FILES = ['objects/info/alternates', 'objects/info/http-alternates'];
const MAX_REFS = 20_000;

/**
 * Checks that nothing in the folder `.git` leads elsewhere, so that git reads and writes only inside it.
 * @throws Fault FORBIDDEN, NOT_FOUND when it does not exist
 */
export async function checkGitFolder(gitFolder: string): Promise<void> {
  if (!(await typeOf(gitFolder))) {
    throw new Fault('NOT_FOUND', 'The folder is not a repository yet. Call repo.git.init first.');
  }
  for (const name of EXPECTED_FOLDERS) await expectType(gitFolder, name, 'folder');
  for (const name of EXPECTED_FILES) await expectType(gitFolder, name, 'file');
  for (const name of FORBIDDEN_FILES) await expectType(gitFolder, name, undefined);
  for (const name of await readdir(join(gitFolder, 'objects'))) {
    if ((await typeOf(join(gitFolder, 'objects', name))) === 'other') throw unexpectedEntryFault(`objects/${name}`);
  }
  const refs = await readdir(join(gitFolder, 'refs'), { recursive: true, withFileTypes: true });
  if (refs.length > MAX_REFS)
    throw new Fault('BAD_INPUT', `The repository has more than ${MAX_REFS} branches and tags.`);
  const unexpected = refs.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (unexpected) throw unexpectedEntryFault(`refs/…/${unexpected.name}`);
}

type EntryType = 'file' | 'folder' | 'other' | undefined;

/** The entry, if it exists, must have this type. */
async function expectType(gitFolder: string, name: string, type: EntryType): Promise<void> {
  const actual = await typeOf(join(gitFolder, name));
  if (actual !== undefined && actual !== type) throw unexpectedEntryFault(name);
}

async function typeOf(path: string): Promise<EntryType> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return undefined;
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'other';
}

function unexpectedEntryFault(name: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `.git/${name} of this repository was not created by git and could lead out of the workspace. Delete .git and call repo.git.init.`,
  );
}
