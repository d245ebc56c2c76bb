import { execFileSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostGit, testGitTools } from '../../../test/support/tools/git-tools.ts';
import { createTestToolContext, type TestToolContext } from '../../../test/support/tools/tool-context.ts';

const PATH = { path: 'repo' };

let test: TestToolContext;
let repo: string;

beforeEach(async () => {
  test = await createTestToolContext();
  repo = join(test.workspace, 'repo');
});
afterEach(() => test.close());

const { init, addAll, commit, branch } = testGitTools;
const entries = async () => (await readdir(join(repo, '.git'), { recursive: true })).sort();
const writeConfig = (config: string) => writeFile(join(repo, '.git', 'config'), config);

/** Every tool refuses the repository, names its format, and leaves it as it is. */
async function expectRefused(format: string): Promise<void> {
  const before = await entries();
  for (const call of [
    () => init.run(PATH, test.context),
    () => addAll.run(PATH, test.context),
    () => commit.run({ ...PATH, message: 'x' }, test.context),
    () => branch.run({ ...PATH, name: 'other' }, test.context),
  ]) {
    const message = expect.stringContaining(format);
    await expect(call()).rejects.toMatchObject({ code: 'BAD_INPUT', message });
  }
  expect(await entries()).toEqual(before);
}

describe('the format of a repository', () => {
  it('of SHA-256 is refused, and git can still use it', async () => {
    hostGit(test.workspace, 'init', '--quiet', '--object-format=sha256', 'repo');
    await writeFile(join(repo, 'file'), 'text\n');
    await expectRefused('extensions.objectformat = sha256');
    hostGit(repo, 'add', '--all');
    hostGit(repo, '-c', 'user.name=o', '-c', 'user.email=o@o', 'commit', '--quiet', '-m', 'first');
    expect(hostGit(repo, 'rev-parse', 'HEAD')).toMatch(/^[0-9a-f]{64}$/);
    expect(hostGit(repo, 'fsck', '--strict')).toBe('');
    await expectRefused('extensions.objectformat = sha256');
  });

  it.each([
    ['extensions.refstorage = reftable', '[extensions]\n\trefStorage = reftable\n'],
    ['extensions.compatobjectformat = sha256', '[extensions]\n\tcompatObjectFormat = sha256\n'],
    ['extensions.future = true', '[extensions]\n\tfuture\n'],
    ['core.repositoryformatversion = 2', '[core]\n\trepositoryFormatVersion = 2\n'],
  ])('with %s is refused', async (format, config) => {
    await init.run(PATH, test.context);
    await writeFile(join(repo, 'file'), 'text\n');
    await writeConfig(`[core]\n\trepositoryFormatVersion = 1\n${config}`);
    await expectRefused(format.replace(' = true', ''));
  });

  it('with an extension that does not change what git writes is accepted', async () => {
    await init.run(PATH, test.context);
    await writeFile(join(repo, 'file'), 'text\n');
    await writeConfig(
      '[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tobjectFormat = SHA1\n\tworktreeConfig = true\n',
    );
    await addAll.run(PATH, test.context);
    expect(await commit.run({ ...PATH, message: 'x' }, test.context)).toMatchObject({ committed: true });
  });

  it('is that of git when there is no configuration, or a pipe instead', async () => {
    await init.run(PATH, test.context);
    await writeFile(join(repo, 'file'), 'text\n');
    await rm(join(repo, '.git', 'config'));
    expect(await addAll.run(PATH, test.context)).toMatchObject({ count: 1 });
    execFileSync('mkfifo', [join(repo, '.git', 'config')]);
    expect(await commit.run({ ...PATH, message: 'x' }, test.context)).toMatchObject({ committed: true });
  });
});
