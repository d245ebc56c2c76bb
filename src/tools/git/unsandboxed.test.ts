import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGitServer } from '../../../test/support/tools/git-server.ts';
import { testGitDeps } from '../../../test/support/tools/git-tools.ts';
import { createTestToolContext, type TestToolContext } from '../../../test/support/tools/tool-context.ts';
import { createUnsandboxed } from '../../runtime/sandbox/unsandboxed.ts';
import { repoGitAddAll } from '../repo-git-add-all.ts';
import { repoGitCommit } from '../repo-git-commit.ts';
import { repoGitInit } from '../repo-git-init.ts';
import { repoGitPush } from '../repo-git-push.ts';

const PATH = { path: 'repo' };

let test: TestToolContext;
beforeEach(async () => {
  test = await createTestToolContext();
});
afterEach(() => test.close());

describe('git on a machine without a sandbox', () => {
  it('does not run, and the error says what to install or set', async () => {
    const sandbox = createUnsandboxed({ allowUnsandboxed: false, why: 'bwrap is not installed (package bubblewrap)' });
    await expect(repoGitInit({ sandbox }).run(PATH, test.context)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: /package bubblewrap.*ALLOW_UNSANDBOXED_EXEC=true/,
    });
  });

  it('runs as a program of the server when that is allowed, and the step says so', async () => {
    const server = await startTestGitServer();
    const deps = {
      ...testGitDeps({ allowedPrivateHosts: [server.host] }),
      sandbox: createUnsandboxed({ allowUnsandboxed: true, why: 'a test' }),
    };
    try {
      await repoGitInit(deps).run(PATH, test.context);
      await writeFile(join(test.workspace, 'repo', 'a.txt'), 'a\n');
      await repoGitAddAll(deps).run(PATH, test.context);
      const { head } = await repoGitCommit(deps).run({ ...PATH, message: 'x' }, test.context);
      const pushed = await repoGitPush(deps).run({ ...PATH, remote: server.remote }, test.context);
      expect(pushed).toMatchObject({ head, updated: true });
      expect((await server.git('rev-parse', 'main')).trim()).toBe(head);
      expect(test.logged).toContainEqual({ level: 'WARN', text: expect.stringMatching(/without a sandbox/) });
    } finally {
      await deps.outgoing.close();
      await server.close();
    }
  });
});
