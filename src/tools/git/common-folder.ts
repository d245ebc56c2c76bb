import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The only configuration that git reads. It names none of the programs that a configuration can name (hooks, filters,
 * monitors, editors, helpers, signers), so git runs none of them.
 */
const GIT_CONFIG = `[core]
	repositoryFormatVersion = 0
	bare = false
	logAllRefUpdates = false
	hooksPath = /dev/null
	fsmonitor = false
	untrackedCache = false
	autocrlf = false
	safecrlf = false
	quotePath = false
	attributesFile = /dev/null
	excludesFile = /dev/null
[gc]
	auto = 0
[maintenance]
	auto = false
[protocol]
	allow = never
[protocol "https"]
	allow = always
[protocol "http"]
	allow = always
[push]
	default = nothing
	gpgSign = false
	recurseSubmodules = no
[submodule]
	recurse = false
[http]
	followRedirects = false
	sslVerify = true
	lowSpeedLimit = 1
	lowSpeedTime = 60
[pack]
	threads = 1
`;

/**
 * Git reads configuration, hooks, attributes and excludes from the "common" folder of a repository. This creates one
 * outside the workspace that takes only the references and objects from `.git`: a repository that was prepared to run a
 * program has no effect, and there is no check of its files to race against.
 * @returns the result of `use`; the folder no longer exists then
 */
export async function withCommonFolder<T>(gitFolder: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-git-'));
  try {
    await writeFile(join(folder, 'config'), GIT_CONFIG, { mode: 0o400 });
    await symlink(join(gitFolder, 'refs'), join(folder, 'refs'));
    await symlink(join(gitFolder, 'packed-refs'), join(folder, 'packed-refs'));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
