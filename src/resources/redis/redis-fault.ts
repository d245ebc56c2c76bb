import { Fault } from '../../core/errors.ts';

const RETRY_AFTER_MS = 1_000;
const REFUSED = 'Ask the operator to check the user and the password in REDIS_URL.';

/** By the first word of the error of Redis. */
const REASONS: Readonly<Record<string, string>> = {
  CLUSTERDOWN: 'The Redis cluster is down. Ask the operator to check it.',
  LOADING: 'Redis is loading its data. Try again in a moment.',
  MISCONF: 'Redis cannot write to its disk. Ask the operator to check it.',
  MOVED: 'This Redis is a part of a cluster, which is not supported. Ask the operator for one that is not.',
  NOAUTH: `Redis requires a password. ${REFUSED}`,
  NOPERM: 'The user in REDIS_URL may not use this command or key. Ask the operator to change its rules (ACL SETUSER).',
  OOM: 'Redis has no memory left (maxmemory). Ask the operator to raise it, then try again.',
  READONLY: 'This Redis is a replica, which cannot be written to. Ask the operator to set REDIS_URL to the primary.',
  WRONGPASS: `Redis refuses the credentials. ${REFUSED}`,
};

/** What callers see of an error of Redis. Addresses are not passed on. */
export function redisFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const [word = ''] = (cause instanceof Error ? cause.message : '').split(' ');
  if (word === 'WRONGTYPE') {
    const message = 'The key in Redis holds no string, but another type. Use a key that was written with SET.';
    return new Fault('BAD_INPUT', message, { cause });
  }
  const reason =
    REASONS[word] ?? 'Redis cannot be reached. Try again in a moment, or ask the operator to check REDIS_URL.';
  return new Fault('UNAVAILABLE', reason, { cause, retryAfterMs: RETRY_AFTER_MS });
}
