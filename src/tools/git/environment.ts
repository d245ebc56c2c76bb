import type { User } from '../../core/principal.ts';

/** Settings of one call, such as how to reach a remote. They are never on a command line or in a file. */
export type GitConfig = readonly (readonly [key: string, value: string])[];

/** Base environment of every git process: no configuration of the machine or a user, and no prompts. */
export function gitEnvironment(home: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_ALLOW_PROTOCOL: 'http:https',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
  };
}

/** Location of a repository; see `withCommonFolder`. */
export function repositoryEnvironment(folder: string, commonFolder: string): Record<string, string> {
  return {
    GIT_DIR: `${folder}/.git`,
    GIT_WORK_TREE: folder,
    GIT_COMMON_DIR: commonFolder,
    GIT_OBJECT_DIRECTORY: `${folder}/.git/objects`,
  };
}

export function configEnvironment(config: GitConfig): Record<string, string> {
  const entries = config.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(config.length), ...Object.fromEntries(entries) };
}

/** Author and committer of a commit. Mail to the address can never be delivered (RFC 2606). */
export function authorEnvironment(user: User): Record<string, string> {
  const name = toIdentText(user.username) || 'unknown';
  const email = `${toIdentText(user.subject) || 'unknown'}@${toIdentText(user.tenant) || 'default'}.signalbox.invalid`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** Removes what would end a name or begin a header in a commit. */
function toIdentText(text: string): string {
  return text.replace(/[\p{Cc}<>\s]+/gu, ' ').trim();
}
