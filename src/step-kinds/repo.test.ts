import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestStepSession, type TestStepSession } from '../../test/support/step-kinds/step-session.ts';
import { hostGit, testGitTools } from '../../test/support/tools/git-tools.ts';
import { repo } from './repo.ts';

let session: TestStepSession;
beforeEach(() => {
  session = createTestStepSession(Object.values(testGitTools));
});
afterEach(() => session.close());

const git = async (...args: string[]) => hostGit(join(await session.workspace(), 'repo'), ...args);
const file = (path: string, text: string) => ({ path, uri: session.addResource(text) });

describe('repo', () => {
  it('commits files to a real repository, on the given branch', async () => {
    const files = [file('README.md', '# A\n'), file('a/b.py', 'x = 1\n')];
    const output = await repo.run({ files, message: 'feat: a service', branch: 'feature/a' }, session);
    expect(output).toMatchObject({ path: 'repo', branch: 'feature/a', committed: true, files, pushed: null });
    expect(await git('log', '--format=%H %s %an', 'feature/a')).toBe(
      `${(output as { commit: string }).commit} feat: a service ada`,
    );
    expect(await git('ls-tree', '-r', '--name-only', 'HEAD')).toBe('README.md\na/b.py');
  });

  it('commits what other steps wrote to the repository when it gets no files', async () => {
    await mkdir(join(await session.workspace(), 'repo'));
    await writeFile(join(await session.workspace(), 'repo', 'a.txt'), 'one');
    const output = await repo.run({ message: 'auto: scaffold' }, session);
    expect(output).toMatchObject({ path: 'repo', committed: true, files: [] });
    expect(await git('log', '--format=%s')).toBe('auto: scaffold');
    expect(await git('ls-tree', '-r', '--name-only', 'HEAD')).toBe('a.txt');
  });

  it('returns the same commit when it is repeated', async () => {
    const order = { files: [file('a', '1')], message: 'one' };
    const first = await repo.run(order, session);
    expect(await repo.run(order, session)).toEqual({ ...(first as object), committed: false });
    expect(await git('rev-list', '--count', 'HEAD')).toBe('1');
  });

  it.each(['../out', '/tmp/x', '.git/hooks/post-commit'])('rejects the file path %s', async (path) => {
    await expect(repo.run({ files: [file(path, '')], message: 'm' }, session)).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    expect(session.called).toEqual([]);
  });

  it.each(['..', '../other', '/tmp', '.git'])('rejects a repository at %s', async (path) => {
    const run = repo.run({ files: [file('a', '')], message: 'm', path }, session);
    await expect(run).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('follows no link', async () => {
    await mkdir(join(await session.workspace(), 'repo'));
    await symlink('/tmp', join(await session.workspace(), 'repo', 'a'));
    const run = repo.run({ files: [file('a/b', '')], message: 'm' }, session);
    await expect(run).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('rejects files with a secret', async () => {
    const secret = `${'-----BEGIN'} PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n`;
    const run = repo.run({ files: [file('key.pem', secret)], message: 'm' }, session);
    await expect(run).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(/key\.pem/) });
  });
});
