import { Fault } from '../../core/errors.ts';
import type { FileChange } from './changes.ts';
import type { GitCommand } from './git-session.ts';

/** Size of each object in bytes, in the order of the changes. */
export async function sizesOf(git: GitCommand, changes: readonly FileChange[]): Promise<readonly number[]> {
  if (changes.length === 0) return [];
  const answer = await git.bytes(['cat-file', '--batch-check=%(objectsize)'], { input: idsOf(changes) });
  return answer
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^\d+$/.test(line)) return Number(line);
      throw damagedObjectsFault();
    });
}

/** Content of each object, in the order of the changes. */
export async function readObjects(git: GitCommand, changes: readonly FileChange[]): Promise<readonly Buffer[]> {
  const answer = await git.bytes(['cat-file', '--batch'], { input: idsOf(changes) });
  const contents: Buffer[] = [];
  // `<id> <type> <size> LF <content> LF` for each (git-cat-file, "batch output").
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf('\n', at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(answer.toString('latin1', at, end))?.[1];
    if (end === -1 || size === undefined) throw damagedObjectsFault();
    contents.push(answer.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}

function idsOf(changes: readonly FileChange[]): string {
  return changes.map(({ object }) => `${object}\n`).join('');
}

function damagedObjectsFault(): Fault {
  return new Fault('CONFLICT', 'Objects of the repository are missing or damaged. Call repo.git.add_all again.');
}
