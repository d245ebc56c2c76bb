import { Fault } from '../../core/errors.ts';
import type { GitCommand } from './git-session.ts';

export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted';
  /** Mode in git's notation: `100644`, `120000` for a link, `160000` for a repository; `000000` when deleted. */
  readonly mode: string;
  /** Id of the object with the new content. */
  readonly object: string;
}

/** Id of the empty tree, which git knows without storing it. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Differences between the commit and the index. Reads no file of the work tree, so git runs no filter program. */
export async function stagedChanges(git: GitCommand, commit: string | undefined): Promise<readonly FileChange[]> {
  return parseChanges(
    await git.text(['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', commit ?? EMPTY_TREE]),
  );
}

export async function treeChanges(
  git: GitCommand,
  commit: string | undefined,
  tree: string,
): Promise<readonly FileChange[]> {
  return parseChanges(
    await git.text(['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', commit ?? EMPTY_TREE, tree]),
  );
}

const CHANGE_BY_STATUS = { A: 'added', M: 'modified', T: 'modified', D: 'deleted' } as const;

/** `:oldmode newmode oldid newid STATUS NUL path NUL` (git-diff-tree, "raw output format"). */
function parseChanges(raw: string): readonly FileChange[] {
  const parts = raw.split('\0');
  const changes: FileChange[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [, mode = '', object = '', status = ''] =
      /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) ([A-Z])$/.exec(parts[i] ?? '') ?? [];
    if (status !== 'A' && status !== 'M' && status !== 'T' && status !== 'D') {
      throw new Fault('CONFLICT', 'The repository has an unfinished merge. Finish or undo it first.');
    }
    changes.push({ path: parts[i + 1] as string, change: CHANGE_BY_STATUS[status], mode, object });
  }
  return changes;
}
