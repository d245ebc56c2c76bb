import { type CanonicalUri, NAMED_SCHEMES, namedUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { programUri } from './exec-uri.ts';

/**
 * The URI of a question to the policy, of every scheme that rules can name: a resource, a program (`exec:///usr/bin/python3`), or
 * something that this server knows by a name (`memory:notes`, `worker:gpu-1`). The program or the name need not exist.
 * @param canonicalize of resources
 * @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME
 */
export function parsePolicyUri(text: string, canonicalize: (text: string) => CanonicalUri): CanonicalUri {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/is.exec(text) ?? [];
  const named = NAMED_SCHEMES.find((name) => name === scheme.toLowerCase());
  if (named !== undefined) return namedUri(named, encodeURIComponent(decoded(rest, `${named}:NAME`)));
  if (scheme.toLowerCase() !== 'exec') return canonicalize(text);
  const [, path] = /^\/\/(\/[^?#]*)$/.exec(rest) ?? [];
  if (path === undefined) throw new Fault('BAD_INPUT', 'The URI of a program is exec:// and its absolute path.');
  return programUri(decoded(path, 'exec:///PATH'));
}

/** @param form of the URI, for the error */
function decoded(text: string, form: string): string {
  try {
    const name = decodeURIComponent(text);
    if (name !== '' && !/\p{Cc}/u.test(name)) return name;
  } catch {
    // A % that begins no escape, or bytes that are not UTF-8.
  }
  throw new Fault('BAD_INPUT', `The URI is not ${form}, percent-encoded in UTF-8 and without control characters.`);
}
