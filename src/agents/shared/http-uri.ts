import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';

/** Where an agent answers over HTTP. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
export function requireHttpUri(text: string, canonicalize: (uri: string) => CanonicalUri): CanonicalUri {
  const uri = canonicalize(text);
  if (uri.scheme === 'http' || uri.scheme === 'https') return uri;
  throw new Fault('BAD_INPUT', `No agent is reached by ${uri.scheme}:. Write an http or https URL.`);
}
