import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';

/**
 * `redis://KEY`: a key of the server in REDIS_URL, byte for byte, which is its path. It is not a URL: it has no host, and nothing in it
 * is decoded, resolved or dropped, so `redis://ctx:1`, `redis://ctx/1` and `redis://ctx%3A1` are three keys.
 * @throws Fault BAD_INPUT
 */
export function redisUri(text: string): CanonicalUri {
  const [, key] = /^redis:\/\/([\x21-\x7e]+)$/i.exec(text) ?? [];
  // One that begins with a slash would look like a path after an empty host.
  if (key === undefined || key.startsWith('/')) {
    const form =
      'Write redis:// and the key, as in redis://ctx:1: printable ASCII without spaces, not beginning with a slash.';
    throw new Fault('BAD_INPUT', `This is not the URI of a key in Redis. ${form}`);
  }
  return { href: `redis://${key}`, scheme: 'redis', host: '', port: '', path: key, query: '' };
}
