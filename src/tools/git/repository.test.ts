import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testSandbox } from '../../../test/support/runtime/python-engines.ts';
import { startTestGitServer } from '../../../test/support/tools/git-server.ts';
import { hostGit, testGitDeps, testGitTools } from '../../../test/support/tools/git-tools.ts';
import { createTestToolContext, type TestToolContext } from '../../../test/support/tools/tool-context.ts';
import type { Process } from '../../core/programs/sandbox.ts';
import { repoGitPush } from '../repo-git-push.ts';

const PATH = { path: 'repo' };
const SECRET = 'the secret outside of the workspace';

let test: TestToolContext;
let repo: string;
/** File that a program leaves behind if it runs although it must not. */
let trace: string;

beforeEach(async () => {
  test = await createTestToolContext();
  repo = join(test.workspace, 'repo');
  trace = join(test.workspace, 'trace');
  await testGitTools.init.run(PATH, test.context);
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
  const push = repoGitPush(testGitDeps({ allowedPrivateHosts: [host] }));
  for (const round of [1, 2]) {
    await writeFile(join(repo, 'a.txt'), `${round}\n`);
    await testGitTools.addAll.run(PATH, test.context);
    await testGitTools.commit.run({ ...PATH, message: 'x' }, test.context);
    await testGitTools.branch.run({ ...PATH, name: `round-${round}` }, test.context);
    await push.run({ ...PATH, remote }, test.context);
  }
  await testGitTools.branch.run({ ...PATH, name: 'round-1' }, test.context);
  await testGitTools.init.run(PATH, test.context);
}

describe('a hostile repository', () => {
  it('starts no program from its configuration, attributes or hooks', async () => {
    const program = '/workspace/evil.sh';
    await writeFile(join(test.workspace, 'evil.sh'), '#!/bin/sh\necho "$0 $*" >> /workspace/trace\ncat\n');
    await chmod(join(test.workspace, 'evil.sh'), 0o755);
    const config = `
[core]
	fsmonitor = ${program}
	hooksPath = /workspace/repo/.git/hooks
	sshCommand = ${program}
	askPass = ${program}
	editor = ${program}
	pager = ${program}
	gitProxy = ${program}
	alternateRefsCommand = ${program}
	worktree = /workspace
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
	path = /workspace/repo/.git/more
[extensions]
	worktreeConfig = true
`;
    await writeFile(join(repo, '.git', 'config'), (await readFile(join(repo, '.git', 'config'), 'utf8')) + config);
    await writeFile(join(repo, '.git', 'config.worktree'), config);
    await writeFile(join(repo, '.git', 'more'), `[core]\n\tfsmonitor = ${program}\n`);
    await writeFile(join(repo, '.gitattributes'), '* filter=evil diff=evil merge=evil\n');
    await mkdir(join(repo, '.git', 'hooks'));
    for (const hook of ['pre-commit', 'post-index-change', 'post-checkout', 'pre-push', 'reference-transaction']) {
      await cp(join(test.workspace, 'evil.sh'), join(repo, '.git', 'hooks', hook));
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
    await runInWorkspace(['git', '-C', '/workspace/repo', 'status']);
    expect(await isThere(trace)).toBe(true);
  });

  it('is rejected when it contains a nested repository, whose configuration would apply too', async () => {
    await testGitTools.init.run({ path: 'repo/inner' }, test.context);
    await writeFile(join(repo, 'inner', 'b.txt'), 'b\n');
    await expect(testGitTools.addAll.run(PATH, test.context)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: /^inner is a nested repository/,
    });
    // Also when it is already in the index.
    await testGitTools.addAll.run({ path: 'repo/inner' }, test.context);
    await testGitTools.commit.run({ path: 'repo/inner', message: 'x' }, test.context);
    hostGit(repo, 'add', '--all');
    await expect(testGitTools.commit.run({ ...PATH, message: 'x' }, test.context)).rejects.toMatchObject({
      message: /^inner is a nested repository/,
    });
  });

  it('is rejected when .git is a link or a file', async () => {
    await rename(join(repo, '.git'), join(test.workspace, 'kept'));
    await symlink('../kept', join(repo, '.git'));
    await expect(testGitTools.addAll.run(PATH, test.context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await rm(join(repo, '.git'));
    await writeFile(join(repo, '.git'), 'gitdir: ../kept\n');
    await expect(testGitTools.addAll.run(PATH, test.context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(testGitTools.init.run(PATH, test.context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a lock file of git', () => {
  const lock = () => join(repo, '.git', 'index.lock');

  it('of another program is respected', async () => {
    await writeFile(lock(), '');
    await expect(testGitTools.addAll.run(PATH, test.context)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: /Another program is using the repository/,
    });
    expect(await isThere(lock())).toBe(true);
  });

  it('of a call that was cancelled does not stop the next one', async () => {
    await writeFile(join(repo, 'large'), randomBytes(24 * 2 ** 20));
    const stop = new AbortController();
    const cancelled = testGitTools.addAll.run(PATH, { ...test.context, signal: stop.signal });
    await expect.poll(() => isThere(lock()), { interval: 1 }).toBe(true);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await isThere(lock())).toBe(true);
    expect(await testGitTools.addAll.run(PATH, test.context)).toMatchObject({ count: 2 });
    expect(await readdir(join(repo, '.git'))).not.toContain('signalbox.busy');
  });
});

describe('while a program of the workspace exchanges a folder and a link that leads out of it', () => {
  const ROUNDS = 8;
  let outside: string;
  let swapper: Process | undefined;

  beforeEach(async () => {
    outside = join(test.workspace, '..', 'outside');
    await mkdir(join(outside, 'sub'), { recursive: true });
    await writeFile(join(outside, 'sub', 'file'), SECRET);
    hostGit(outside, 'init', '--quiet', '--initial-branch=main');
    hostGit(outside, 'add', '--all');
    hostGit(outside, '-c', 'user.name=o', '-c', 'user.email=o@o', 'commit', '--quiet', '-m', SECRET);
    await mkdir(join(repo, 'sub'));
    await writeFile(join(repo, 'sub', 'file'), 'inside\n');
    await testGitTools.addAll.run(PATH, test.context);
    await testGitTools.commit.run({ ...PATH, message: 'begin' }, test.context);
  });
  afterEach(() => endSwapper());

  it.each([
    ['a folder of the work tree', 'repo/sub', 'sub'],
    ['the objects', 'repo/.git/objects', '.git/objects'],
    ['the references', 'repo/.git/refs', '.git/refs'],
    ['.git', 'repo/.git', '.git'],
    ['the repository', 'repo', '.'],
  ])('nothing outside is read or written: %s', async (_, folder, target) => {
    const before = await snapshot(outside);
    await symlink(join(outside, target), join(test.workspace, 'link'));
    swapper = await startSwapper(folder);
    const seen: string[] = [];
    const call = (tool: Promise<unknown>) =>
      tool.then(JSON.stringify, String).then((answer) => void seen.push(String(answer)));
    for (let round = 0; round < ROUNDS; round += 1) {
      await call(testGitTools.addAll.run(PATH, test.context));
      await call(testGitTools.commit.run({ ...PATH, message: `round ${round}` }, test.context));
      await call(testGitTools.branch.run({ ...PATH, name: `round-${round}` }, test.context));
    }
    expect(swapper.stdout.destroyed).toBe(false);
    await endSwapper();
    expect(await snapshot(outside)).toEqual(before);
    expect(seen.filter((answer) => answer.includes(SECRET))).toEqual([]);
    await putBack(join(test.workspace, folder));
    const objects = ['git', '-C', '/workspace/repo', 'cat-file', '--batch-all-objects', '--batch'];
    expect(await runInWorkspace(objects)).toMatch(/inside\n/);
    expect(await runInWorkspace(objects)).not.toContain(SECRET);
  });

  /** The last exchange may have left the link in place of the folder. */
  async function putBack(folder: string): Promise<void> {
    if (!(await lstat(folder)).isSymbolicLink()) return;
    await rm(folder);
    await rename(join(test.workspace, 'link'), folder);
  }

  /** The process outside may end before the one inside, which has the pipe open. */
  async function endSwapper(): Promise<void> {
    if (!swapper || swapper.stdout.closed) return;
    const closed = once(swapper.stdout, 'close');
    swapper.kill();
    await closed;
  }

  async function startSwapper(folder: string): Promise<Process> {
    const lines = [
      'import ctypes',
      'libc = ctypes.CDLL(None)',
      'AT_FDCWD, RENAME_EXCHANGE = -100, 2',
      'print("ready", flush=True)',
      `while libc.renameat2(AT_FDCWD, b"${folder}", AT_FDCWD, b"link", RENAME_EXCHANGE) == 0: pass`,
    ];
    const program = await startInWorkspace(['/usr/bin/python3', '-c', lines.join('\n')]);
    await once(program.stdout, 'data');
    return program;
  }
});

/** A program of the workspace, as any step of the run may start it. */
function startInWorkspace(command: readonly string[]): Promise<Process> {
  const mounts = [{ from: test.workspace, to: '/workspace', writable: true as const }];
  const limits = { memoryBytes: 2 ** 30, processes: 32, cpuSeconds: 600, fileBytes: 2 ** 20 };
  const env = { PATH: '/usr/bin:/bin', HOME: '/tmp' };
  return testSandbox.spawn({ command, env, cwd: '/workspace', mounts, limits }, test.context.signal);
}

/** @returns its output */
async function runInWorkspace(command: readonly string[]): Promise<string> {
  const program = await startInWorkspace(command);
  program.stdin.end();
  program.stderr.resume();
  return text(program.stdout);
}

/** Names, owners and contents of everything in a folder. */
async function snapshot(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? await readFile(path, 'base64') : '';
    return `${path} ${(await lstat(path)).uid} ${content}`;
  });
  return (await Promise.all(lines)).sort();
}
