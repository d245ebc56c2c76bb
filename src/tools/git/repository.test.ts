import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGitServer } from '../../../test/support/tools/git-server.ts';
import { createTestToolContext, type TestToolContext } from '../../../test/support/tools/tool-context.ts';
import { repoGitAddAll } from '../repo-git-add-all.ts';
import { repoGitBranch } from '../repo-git-branch.ts';
import { repoGitCommit } from '../repo-git-commit.ts';
import { repoGitInit } from '../repo-git-init.ts';
import { repoGitPush } from '../repo-git-push.ts';

const PATH = { path: 'repo' };

let test: TestToolContext;
let repo: string;
/** File that a program leaves behind if it runs although it must not. */
let trace: string;

beforeEach(async () => {
  test = await createTestToolContext();
  repo = join(test.workspace, 'repo');
  trace = join(test.workspace, 'trace');
  await repoGitInit.run(PATH, test.context);
  await writeFile(join(repo, 'a.txt'), 'a\n');
});

afterEach(() => test.close());

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Calls every tool, one after the other. */
async function useAll(remote: string, host: string): Promise<void> {
  const push = repoGitPush({ allowedPrivateHosts: [host] });
  for (const round of [1, 2]) {
    await writeFile(join(repo, 'a.txt'), `${round}\n`);
    await repoGitAddAll.run(PATH, test.context);
    await repoGitCommit.run({ ...PATH, message: 'x' }, test.context);
    await repoGitBranch.run({ ...PATH, name: `round-${round}` }, test.context);
    await push.run({ ...PATH, remote }, test.context);
  }
  await repoGitBranch.run({ ...PATH, name: 'round-1' }, test.context);
  await repoGitInit.run(PATH, test.context);
}

describe('a hostile repository', () => {
  it('starts no program from its configuration, attributes or hooks', async () => {
    const program = join(test.workspace, 'evil.sh');
    await writeFile(program, `#!/bin/sh\necho "$0 $*" >> ${trace}\ncat\n`);
    await chmod(program, 0o755);
    const config = `
[core]
	fsmonitor = ${program}
	hooksPath = ${repo}/.git/hooks
	sshCommand = ${program}
	askPass = ${program}
	editor = ${program}
	pager = ${program}
	gitProxy = ${program}
	alternateRefsCommand = ${program}
	worktree = ${test.workspace}
[filter "evil"]
	clean = ${program}
	smudge = ${program}
	process = ${program}
	required = true
[diff]
	external = ${program}
[diff "evil"]
	textconv = ${program}
	command = ${program}
[merge "evil"]
	driver = ${program}
[commit]
	gpgSign = true
[push]
	gpgSign = true
[gpg]
	program = ${program}
[gpg "ssh"]
	defaultKeyCommand = ${program}
[credential]
	helper = ${program}
[alias]
	push = !${program}
	add = !${program}
[gc]
	auto = 1
[http]
	proxy = http://127.0.0.1:1
[url "http://127.0.0.1:1/"]
	insteadOf = http://
[include]
	path = ${repo}/.git/more
[extensions]
	worktreeConfig = true
`;
    await writeFile(join(repo, '.git', 'config'), (await readFile(join(repo, '.git', 'config'), 'utf8')) + config);
    await writeFile(join(repo, '.git', 'config.worktree'), config);
    await writeFile(join(repo, '.git', 'more'), `[core]\n\tfsmonitor = ${program}\n`);
    await writeFile(join(repo, '.gitattributes'), '* filter=evil diff=evil merge=evil\n');
    await mkdir(join(repo, '.git', 'hooks'));
    for (const hook of ['pre-commit', 'post-index-change', 'post-checkout', 'pre-push', 'reference-transaction']) {
      await cp(program, join(repo, '.git', 'hooks', hook));
    }
    const server = await startTestGitServer();
    try {
      await useAll(server.remote, server.host);
      expect(await server.git('log', '--format=%an', 'round-2')).toBe('alice\nalice\n');
    } finally {
      await server.close();
    }
    expect(await isThere(trace)).toBe(false);
    // Proves that the trap works.
    spawnSync('git', ['-C', repo, 'status'], { stdio: 'ignore' });
    expect(await isThere(trace)).toBe(true);
  });

  it('is rejected when it contains a nested repository, whose configuration would apply too', async () => {
    await repoGitInit.run({ path: 'repo/inner' }, test.context);
    await writeFile(join(repo, 'inner', 'b.txt'), 'b\n');
    await expect(repoGitAddAll.run(PATH, test.context)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: /^inner is a nested repository/,
    });
    // Also when it is already in the index.
    await repoGitAddAll.run({ path: 'repo/inner' }, test.context);
    await repoGitCommit.run({ path: 'repo/inner', message: 'x' }, test.context);
    execFileSync('git', ['-C', repo, 'add', '--all'], { stdio: 'ignore' });
    await expect(repoGitCommit.run({ ...PATH, message: 'x' }, test.context)).rejects.toMatchObject({
      message: /^inner is a nested repository/,
    });
  });

  it('is rejected when something in .git leads elsewhere', async () => {
    const elsewhere = join(test.workspace, 'elsewhere');
    await mkdir(elsewhere);
    for (const name of ['objects', 'refs/heads', 'index', 'HEAD', 'objects/ab']) {
      const path = join(repo, '.git', name);
      const there = await isThere(path);
      if (there) await rename(path, `${path}.kept`);
      await symlink(elsewhere, path);
      await expect(repoGitAddAll.run(PATH, test.context), name).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await rm(path);
      if (there) await rename(`${path}.kept`, path);
    }
    await mkdir(join(repo, '.git', 'objects', 'info'), { recursive: true });
    await writeFile(join(repo, '.git', 'objects', 'info', 'alternates'), elsewhere);
    await expect(repoGitAddAll.run(PATH, test.context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await rm(join(repo, '.git'), { recursive: true });
    await writeFile(join(repo, '.git'), `gitdir: ${elsewhere}\n`);
    await expect(repoGitAddAll.run(PATH, test.context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await readdir(elsewhere)).toEqual([]);
  });
});
