import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TString, Type } from 'typebox';
import { Fault } from '../../core/errors.ts';

/** The option that all git tools have. */
export const RepositoryPath: TString = Type.String({
  description: 'Folder of the repository, relative to the workspace of the run.',
  default: 'repo',
  minLength: 1,
  maxLength: 512,
});

/**
 * Absolute path of the folder of a repository. Every part of it is a real folder and not a link, so it cannot lead out of
 * the workspace.
 * @throws Fault BAD_INPUT for a path that is not plain, FORBIDDEN for a link on the way, NOT_FOUND
 */
export async function repositoryFolder(workspace: string, path: string, make = false): Promise<string> {
  let folder = workspace;
  for (const part of splitPath(path)) {
    folder = join(folder, part);
    if (make) await mkdir(folder).catch(ignoreExisting);
    const stats = await lstat(folder).catch(() => undefined);
    if (!stats) throw new Fault('NOT_FOUND', `There is no folder ${path} in the workspace. Call repo.git.init first.`);
    if (stats.isSymbolicLink()) throw new Fault('FORBIDDEN', `${part} is a symbolic link. Name the folder itself.`);
    if (!stats.isDirectory()) throw new Fault('BAD_INPUT', `${part} is a file. Name a folder for the repository.`);
  }
  return folder;
}

function splitPath(path: string): readonly string[] {
  const parts = path.split('/');
  const plain = parts.every((part) => /^[^\p{Cc}\\]+$/u.test(part) && !/^\.{1,2}$|^\.git$/i.test(part));
  if (plain) return parts;
  throw new Fault('BAD_INPUT', 'The path must be relative, without "..", ".git" and a backslash, such as "repo".', {
    path: ['path'],
  });
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST' && error.code !== 'ENOTDIR') throw error;
}
