import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testSandbox } from '../../../test/support/runtime/python-engines.ts';
import type { ProgramLimits, Sandbox } from '../../core/programs/sandbox.ts';
import { removeFolder } from '../../lib/system/remove-folder.ts';
import { type GitSession, openGitSession } from './git-session.ts';

const MIB = 2 ** 20;
let workspace: string;

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'signalbox-git-session-'));
});

afterEach(() => removeFolder(workspace));

/** The sandbox with other limits, so that a test reaches them. */
const limitedTo = (changes: Partial<ProgramLimits>): Sandbox => ({
  ...testSandbox,
  spawn: (program, signal) => {
    const { memoryBytes: addressSpaceBytes } = program.limits;
    return testSandbox.spawn({ ...program, limits: { ...program.limits, addressSpaceBytes, ...changes } }, signal);
  },
});

const open = (limits: Partial<ProgramLimits>) =>
  openGitSession({ sandbox: limitedTo(limits), workspace, writable: true }, new AbortController().signal);
/** Git runs the script as a part of a command. */
const runInGit = ({ git }: GitSession, script: string) => git.text(['-c', `alias.test=!${script}`, 'test']);
/** It keeps everything that it reads, until there is a line. */
const ALLOCATE = 'tail /dev/zero';

describe('a git session that is ended at a limit', () => {
  it('says so when it held too much memory, for this command and the next ones', async () => {
    const session = await open({ memoryBytes: 64 * MIB });
    const fault = { code: 'RESOURCE_TOO_LARGE', message: expect.stringMatching(/^Git was ended: .* 64 MiB of memory/) };
    await expect(runInGit(session, ALLOCATE)).rejects.toMatchObject(fault);
    await expect(session.git.text(['version'])).rejects.toMatchObject(fault);
    await session.close('');
  });

  it.each<[string, Partial<ProgramLimits>, string, { readonly code: string; readonly message: RegExp }]>([
    ['CPU time', { cpuSeconds: 1 }, 'while :; do :; done', { code: 'TIMEOUT', message: /^Git was ended: .*CPU time/ }],
    [
      'the size of a file',
      { fileBytes: MIB },
      'head -c 2000000 /dev/zero >file',
      { code: 'RESOURCE_TOO_LARGE', message: /^Git was ended: a file/ },
    ],
  ])('names the limit of %s', async (_, limits, script, { code, message }) => {
    const session = await open(limits);
    await expect(runInGit(session, script)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await session.close('');
  });

  it('names the memory that one process of git cannot have', async () => {
    const session = await open({ addressSpaceBytes: 128 * MIB });
    await session.run('git init -q . && truncate -s 512M large');
    await expect(
      session.git.text(['-c', 'core.bigFileThreshold=1g', 'hash-object', '-w', 'large']),
    ).rejects.toMatchObject({
      code: 'RESOURCE_TOO_LARGE',
      message: expect.stringMatching(/^Git needs more memory/),
    });
    await session.close('');
  });
});
