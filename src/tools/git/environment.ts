import type { User } from '../../core/principal.ts';

/** Base environment of every git process: no configuration of the machine or a user, and no prompts. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_ALLOW_PROTOCOL: 'http',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    // Of new repositories; git 3 has other defaults.
    GIT_DEFAULT_HASH: 'sha1',
    GIT_DEFAULT_REF_FORMAT: 'files',
  };
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
