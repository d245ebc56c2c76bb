import { execFileSync } from 'node:child_process';
import { createOutgoing, type OutgoingDeps } from '../../../src/resources/outgoing/outgoing.ts';
import type { GitDeps } from '../../../src/tools/git/remote.ts';
import { repoGitAddAll } from '../../../src/tools/repo-git-add-all.ts';
import { repoGitBranch } from '../../../src/tools/repo-git-branch.ts';
import { repoGitCommit } from '../../../src/tools/repo-git-commit.ts';
import { repoGitInit } from '../../../src/tools/repo-git-init.ts';
import { testSandbox } from '../runtime/python-engines.ts';

/** The real sandbox, and connections of a server with these settings; close `outgoing` if it was used. */
export function testGitDeps(settings: Partial<OutgoingDeps> = {}): GitDeps {
  const guard = { version: '0', allowedPrivateHosts: [], headerTimeoutMs: 5_000, ...settings };
  return { sandbox: testSandbox, outgoing: createOutgoing(guard) };
}

const deps = testGitDeps();

/** The git tools that need no network. */
export const testGitTools = {
  init: repoGitInit(deps),
  addAll: repoGitAddAll(deps),
  commit: repoGitCommit(deps),
  branch: repoGitBranch(deps),
};

/** Output of git itself, outside the sandbox, for a repository whose files may belong to the user of the sandbox. */
export function hostGit(folder: string, ...args: readonly string[]): string {
  const command = ['-c', 'safe.directory=*', '-C', folder, ...args];
  return execFileSync('git', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
