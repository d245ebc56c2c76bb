import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostGit, testGitTools } from '../../test/support/tools/git-tools.ts';
import { createTestToolContext, type TestToolContext } from '../../test/support/tools/tool-context.ts';
import { createCpuPool } from '../runtime/cpu/cpu-pool.ts';

const PATH = { path: 'repo' };

let test: TestToolContext;

beforeEach(async () => {
  test = await createTestToolContext();
});

afterEach(() => test.close());

const write = (name: string, content: string | Uint8Array) => writeFile(join(test.workspace, 'repo', name), content);
const read = (name: string) => readFile(join(test.workspace, 'repo', name), 'utf8');

/** Output of git itself for the repository. */
const git = (...args: readonly string[]) => hostGit(join(test.workspace, 'repo'), ...args);

const init = () => testGitTools.init.run(PATH, test.context);
const add = () => testGitTools.addAll.run(PATH, test.context);
const commit = (message = 'feat: begin') => testGitTools.commit.run({ ...PATH, message }, test.context);
const branch = (name: string) => testGitTools.branch.run({ ...PATH, name }, test.context);

describe('repo.git', () => {
  it('creates a repository that git itself considers valid, with the caller as author', async () => {
    expect(await init()).toEqual({ path: 'repo', created: true, branch: 'main', head: null });
    await mkdir(join(test.workspace, 'repo', 'src'));
    await write('src/größe.py', 'print(1)\n');
    await write('.gitignore', '*.log\n');
    await write('noise.log', 'noise');
    expect(await add()).toEqual({
      path: 'repo',
      staged: [
        { path: '.gitignore', change: 'added' },
        { path: 'src/größe.py', change: 'added' },
      ],
      count: 2,
    });
    const result = await commit('feat: sizes\n\nWith umlauts.');
    expect(result).toEqual({
      path: 'repo',
      committed: true,
      head: git('rev-parse', 'HEAD'),
      branch: 'main',
      files: 2,
    });
    expect(git('fsck', '--strict')).toBe('');
    expect(git('status', '--porcelain', '--ignored')).toBe('!! noise.log');
    expect(git('log', '--format=%an <%ae> %B')).toBe(
      'alice <alice@default.signalbox.invalid> feat: sizes\n\nWith umlauts.',
    );
  });

  it('changes nothing when repeated, and returns the current commit', async () => {
    await init();
    await write('a.txt', 'a\n');
    await add();
    const { head } = await commit();
    expect(await init()).toEqual({ path: 'repo', created: false, branch: 'main', head });
    expect(await add()).toEqual({ path: 'repo', staged: [], count: 0 });
    expect(await commit()).toEqual({ path: 'repo', committed: false, head, branch: 'main', files: 0 });
    expect(git('rev-list', '--count', 'HEAD')).toBe('1');
  });

  it('stages changed, added and deleted files', async () => {
    await init();
    await write('stays', '1');
    await write('changes', '1');
    await write('goes', '1');
    await add();
    await commit();
    await write('changes', '2');
    await write('comes', '1');
    await rm(join(test.workspace, 'repo', 'goes'));
    expect((await add()).staged).toEqual([
      { path: 'changes', change: 'modified' },
      { path: 'comes', change: 'added' },
      { path: 'goes', change: 'deleted' },
    ]);
    expect(await commit()).toMatchObject({ committed: true, files: 3 });
    expect(git('show', '--name-status', '--no-renames', '--format=')).toBe('M\tchanges\nA\tcomes\nD\tgoes');
  });

  it('switches branches together with their files', async () => {
    await init();
    await write('file', 'main\n');
    await add();
    const { head } = await commit();
    expect(await branch('feature/x')).toEqual({ path: 'repo', branch: 'feature/x', created: true, head });
    await write('file', 'feature\n');
    await add();
    const later = await commit('feat: more');
    expect(later.branch).toBe('feature/x');
    expect(await branch('main')).toEqual({ path: 'repo', branch: 'main', created: false, head });
    expect(await read('file')).toBe('main\n');
    expect(await branch('feature/x')).toMatchObject({ created: false, head: later.head });
    expect(await read('file')).toBe('feature\n');
  });

  it('switches branches before the first commit, but not over uncommitted changes', async () => {
    await init();
    expect(await branch('trunk')).toEqual({ path: 'repo', branch: 'trunk', created: true, head: null });
    await write('file', '1\n');
    await add();
    await commit();
    await branch('other');
    await write('file', '2\n');
    await add();
    await commit();
    await write('file', 'not committed\n');
    await expect(branch('trunk')).rejects.toMatchObject({ code: 'CONFLICT', message: /Commit them first/ });
    expect(await read('file')).toBe('not committed\n');
    expect(git('branch', '--show-current')).toBe('other');
  });

  it('rejects invalid branch names', async () => {
    await init();
    for (const name of ['a..b', 'a.lock', 'a//b', 'a/']) {
      await expect(branch(name), name).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  it('rejects folders outside the workspace', async () => {
    for (const path of ['../out', '/etc', 'a/../../b', '.git', 'x/.GIT/y', 'a//b', '.']) {
      await expect(testGitTools.init.run({ path }, test.context), path).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
    await symlink('/tmp', join(test.workspace, 'link'));
    for (const path of ['link', 'link/repo']) {
      await expect(testGitTools.init.run({ path }, test.context), path).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    await expect(add()).rejects.toMatchObject({ code: 'NOT_FOUND', message: /repo\.git\.init/ });
  });

  it('commits nothing that contains a secret, and reports its position without revealing it', async () => {
    const key = `AKIA${'IOSFODNN7EXAMPLE'}`;
    await init();
    await write('fine.txt', 'nothing here\n');
    await write('config.py', `# settings\nKEY = "${key}"\n`);
    await add();
    const refused = await commit().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'BAD_INPUT',
      violations: [{ path: '/files/config.py', message: 'line 2 contains an AWS access key id' }],
    });
    expect(JSON.stringify([refused, String(refused), test.logged])).not.toContain(key);
    expect(() => git('rev-parse', 'HEAD')).toThrow();
    await write('config.py', `KEY = "${key}"  # pragma: allowlist secret\n`);
    await add();
    await expect(commit(`feat: it\n\nwith ${key}`)).rejects.toMatchObject({
      violations: [{ path: '/message', message: 'line 3 contains an AWS access key id' }],
    });
    expect(await commit()).toMatchObject({ committed: true, files: 2 });
  });

  it('commits no file whose name contains a secret, and does not reveal it', async () => {
    const token = `ghp_${'x9Kq'.repeat(9)}`;
    await init();
    await write(`${token}.txt`, 'nothing here\n');
    await add();
    const refused = await commit().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'BAD_INPUT',
      violations: [{ path: '/files', message: 'the name of a file contains a GitHub token' }],
    });
    expect(JSON.stringify([refused, String(refused)])).not.toContain(token);
  });

  it('finds a secret in the middle of a large binary file, with a worker', async () => {
    const pool = createCpuPool();
    const other = await createTestToolContext({ cpu: pool.of({ tenant: 'default', subject: 'ada' }) });
    try {
      await testGitTools.init.run(PATH, other.context);
      const bytes = Buffer.alloc(6 * 2 ** 20, 7);
      bytes.write(`\n-----BEGIN RSA ${'PRIVATE'} KEY-----\n`, 4 * 2 ** 20);
      await writeFile(join(other.workspace, 'repo', 'disk.img'), bytes);
      await testGitTools.addAll.run(PATH, other.context);
      await expect(testGitTools.commit.run({ ...PATH, message: 'x' }, other.context)).rejects.toMatchObject({
        violations: [{ path: '/files/disk.img', message: 'line 2 contains a private key' }],
      });
    } finally {
      await other.close();
      await pool.close();
    }
  });

  it('rejects a link that leads out of the repository, and commits a link inside it as a link', async () => {
    await init();
    await write('file', 'x');
    await symlink('file', join(test.workspace, 'repo', 'inside'));
    await add();
    await commit();
    expect(git('ls-tree', 'HEAD', 'inside')).toMatch(/^120000 /);
    await symlink('../../../etc/passwd', join(test.workspace, 'repo', 'outside'));
    await add();
    await expect(commit()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      violations: [{ path: '/files/outside', message: /symbolic link/ }],
    });
  });

  it('runs concurrent calls one after the other', async () => {
    await init();
    await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        await write(`file-${i}`, String(i));
        await add();
        await commit(`feat: ${i}`);
      }),
    );
    expect(git('status', '--porcelain')).toBe('');
    expect(git('ls-files').split('\n')).toHaveLength(6);
  });

  it('ends when it is cancelled', async () => {
    await init();
    const stopped = await createTestToolContext({ signal: AbortSignal.abort() });
    const context = { ...stopped.context, workspace: test.context.workspace };
    await expect(testGitTools.addAll.run(PATH, context)).rejects.toMatchObject({ code: 'CANCELLED' });
    await stopped.close();
  });
});
