import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The only configuration that git sees. Programs that a configuration could name (hooks, filters, monitors, editors,
 * helpers, signers) are not named here, and so are not run.
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
 * Git reads configuration, hooks, attributes and excludes from the "common" folder of a repository. Here that is a folder
 * outside the workspace that we create, where only the references and objects are those of `.git`: a repository that was
 * made to run a program has no say, and no check of its files could be outrun.
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
