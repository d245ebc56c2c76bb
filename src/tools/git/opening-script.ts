/** The only configuration that git reads. It names none of the programs that a configuration can name. */
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
	packedGitWindowSize = 32m
	packedGitLimit = 256m
[gc]
	auto = 0
[maintenance]
	auto = false
[protocol]
	allow = never
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
	lowSpeedLimit = 1
	lowSpeedTime = 60
[pack]
	threads = 1
`;

/** Why a repository cannot be opened, by the exit status of the script. */
export const OPENING_STATUS = { created: 70, link: 71, file: 72, missing: 73, foreign: 74, failed: 75 } as const;

/** In .git while a session may write there. A session that finds it follows one that was killed. */
const BUSY_FILE = '.git/signalbox.busy';
export const CLOSING_SCRIPT = '[ -z "$busy" ] || rm -f "$busy"';

export interface Opening {
  /** Relative path of the repository, of plain names. */
  readonly path: string;
  readonly create: boolean;
  readonly writable: boolean;
}

/**
 * The script that opens a repository which may be hostile. Git reads configuration, hooks, attributes and excludes from the
 * "common" folder of a repository; the script creates one in a temporary folder, and git takes only objects, references and
 * the index from `.git`. Thus a repository that was prepared to run a program has no effect. Lock files of a session that
 * was killed are removed.
 */
export function openingScript({ path, create, writable }: Opening): string {
  const { created, link, file, missing, foreign, failed } = OPENING_STATUS;
  return `
tmp=$(mktemp -d) || return ${failed}
trap 'rm -rf -- "$tmp"' EXIT
export HOME="$tmp"
cd -P . && at=$PWD
for name in ${path.split('/').map(quote).join(' ')}; do
  [ -L "./$name" ] && return ${link}
  if [ ! -d "./$name" ]; then
    [ -e "./$name" ] && return ${file}
    ${create ? `mkdir -- "./$name" || return ${failed}` : `return ${missing}`}
  fi
  cd -P -- "./$name" || return ${link}
  at=$at/$name
  [ "$PWD" = "$at" ] || return ${link}
done
state=0
if [ ! -e .git ] && [ ! -L .git ]; then
  ${create ? `git init --quiet --template= --initial-branch=main || return ${failed}; state=${created}` : `return ${missing}`}
fi
{ [ -d .git ] && [ ! -L .git ]; } || return ${foreign}
${writable ? TAKE_OVER : ''}
printf '%s' ${quote(GIT_CONFIG)} >"$tmp/config"
ln -s "$at/.git/refs" "$at/.git/packed-refs" "$tmp" || return ${failed}
export GIT_DIR="$at/.git" GIT_WORK_TREE="$at" GIT_OBJECT_DIRECTORY="$at/.git/objects" GIT_COMMON_DIR="$tmp"
return $state`;
}

const TAKE_OVER = `
if [ -e ${BUSY_FILE} ]; then
  rm -f .git/*.lock
  find .git/refs -type f -name '*.lock' -exec rm -f {} +
fi
command : >>${BUSY_FILE} && busy=${BUSY_FILE}`;

/** One word of a shell, whatever it contains. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
