import { type TString, Type } from 'typebox';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';

/** An option that holds a URI: `URI` in GraphQL (see `Backend.config`). Which schemes fit is checked when it is used. */
export function UriOption(description: string): TString {
  return Type.String({ 'x-signalbox': 'uri', description });
}

/** The URL at which an agent answers over HTTP. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
export function requireHttpUri(text: string, canonicalize: (uri: string) => CanonicalUri): CanonicalUri {
  const uri = canonicalize(text);
  if (uri.scheme === 'http' || uri.scheme === 'https') return uri;
  throw new Fault('BAD_INPUT', `Agents cannot be reached over ${uri.scheme}:. Use an http or https URL.`);
}
