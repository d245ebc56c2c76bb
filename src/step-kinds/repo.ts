import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { defineStepKind } from './define-step-kind.ts';
import { FileRefs } from './files/file-ref.ts';
import { checkPaths, readFiles } from './files/read-files.ts';
import { writeFiles } from './files/write-files.ts';

const DEFAULT_PATH = 'repo';

const Input = Type.Object({
  files: Type.Optional(
    FileRefs('Files to write before the commit, as returned by `codegen`. Default: only what the repository contains.'),
  ),
  message: Type.String({
    minLength: 1,
    maxLength: 5_000,
    pattern: '\\S',
    description: 'Commit message: what changed and why.',
  }),
  path: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: `Folder of the repository in the workspace of the run. Default ${DEFAULT_PATH}.`,
    }),
  ),
  branch: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Branch to create or switch to. Default: the current one.',
    }),
  ),
  push: Type.Optional(
    Type.Object(
      { remote: Type.String({ minLength: 1, maxLength: 2_048, description: 'URL of the repository to push to.' }) },
      { additionalProperties: false, description: 'Where to push the branch. Default: not pushed.' },
    ),
  ),
});

export const repo = defineStepKind({
  kind: 'REPO',
  title: 'Commit to a repository',
  description:
    'Writes files to a git repository in the workspace of the run and commits everything in it with the tools repo.git.*, ' +
    'which search it for secrets first. Pushes when a remote is given.',
  input: Input,
  idempotent: true,
  async run({ files = [], message, path = DEFAULT_PATH, branch, push }, session) {
    checkPaths([{ path }]);
    checkPaths(files);
    const call = async (tool: string, args: JsonObject) =>
      requireObject(tool, await session.callTool(tool, { path, ...args }));
    await call('repo.git.init', {});
    if (branch !== undefined) await call('repo.git.branch', { name: branch });
    const contents = await readFiles(files, session);
    const placed = contents.map((file) => ({ ...file, path: `${path}/${file.path}` }));
    await writeFiles(await session.workspace(), placed);
    await call('repo.git.add_all', {});
    const commit = await call('repo.git.commit', { message });
    const at = typeof commit.branch === 'string' ? commit.branch : (branch ?? null);
    const pushed = push && (await call('repo.git.push', { remote: push.remote, ...(at !== null && { branch: at }) }));
    const listing = files.map((file) => ({ path: file.path, uri: file.uri }));
    return {
      path,
      branch: at,
      commit: commit.head ?? null,
      committed: commit.committed ?? true,
      files: listing,
      pushed: pushed ?? null,
    };
  },
});

function requireObject(tool: string, answer: Json): JsonObject {
  if (isJsonObject(answer)) return answer;
  throw new Fault('UNAVAILABLE', `${tool} returned an unexpected result.`);
}
