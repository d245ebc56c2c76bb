import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPythonEngines } from '../../test/support/runtime/python-engines.ts';
import { createTestStepSession, type TestStepSession } from '../../test/support/step-kinds/step-session.ts';
import { testGitDeps } from '../../test/support/tools/git-tools.ts';
import type { AgenticKind } from '../core/run.ts';
import type { JsonObject } from '../lib/json.ts';
import { folderDrive } from '../tools/drive/folder-drive.ts';
import { createTools } from '../tools/registry.ts';
import { offlineIndex } from '../tools/search/offline-index.ts';
import { createStepKinds, type StepKindDeps } from './registry.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

let session: TestStepSession;
let drive: string;
beforeAll(async () => {
  drive = await mkdtemp(join(tmpdir(), 'signalbox-drive-'));
  await mkdir(join(drive, 'notes'));
  await writeFile(join(drive, 'notes/listing.txt'), 'What a service for every listing keeps.');
  const tools = createTools({
    python: await testPythonEngines.native(),
    git: testGitDeps(),
    drive: async () => folderDrive(drive),
    maxBytes: 2 ** 20,
    search: offlineIndex({ folder: examples, localRoots: [] }),
  });
  session = createTestStepSession(tools);
});
afterAll(async () => {
  await session.close();
  await rm(drive, { recursive: true });
});

// None of these steps sends a request.
const kinds = createStepKinds({ stacksDir: join(examples, 'stacks') } as StepKindDeps);

/** Runs a step of this kind, whose output is an object. */
async function step(kind: AgenticKind, input: object): Promise<JsonObject> {
  const stepKind = kinds.find((one) => one.kind === kind);
  return (await stepKind?.run(input, session)) as JsonObject;
}

describe('the kinds, one after the other', () => {
  it('generate a service from a name, with real tools and without a model', async () => {
    const plan = await step('PLAN', { goal: 'A service that keeps listings', resource: 'Listing' });
    const { findings, sources } = await step('RESEARCH', { queries: ['listing', 'products'], limit: 3 });
    expect(sources).toEqual(['local folder', 'offline index']);
    const { stack, files } = await step('CODEGEN', { plan, findings });
    const { passed, checks } = await step('EVAL', { stack, files });
    expect([passed, checks]).toMatchObject([true, [{ status: 'passed' }, { status: 'passed' }, { status: 'passed' }]]);
    const { commit } = await step('REPO', { files, message: 'feat: a service', branch: 'feature/listing' });
    await step('NOTIFY', { message: `Committed as ${commit}.` });

    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'safe.directory=*', ...args], { cwd: join(folder, 'repo'), encoding: 'utf8' }).trim();
    const folder = await session.workspace();
    expect(git('rev-parse', 'feature/listing')).toBe(commit);
    expect(git('show', 'HEAD:README.md')).toContain('- listing.txt: <drive:');
    expect(git('ls-files').split('\n')).toHaveLength(16);
    expect(session.logged.at(-1)).toBe(`NOTIFICATION INFO Committed as ${commit}.`);
  });
});
