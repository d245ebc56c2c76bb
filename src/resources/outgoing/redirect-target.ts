import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { OutgoingResponse } from './outgoing.ts';

export const MAX_REDIRECTS = 5;

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where a response redirects to; undefined when it does not redirect. Never from https to http, never to another scheme. The
 * policy has not been asked about it yet.
 * @param count redirects that were followed before
 * @throws Fault RESOURCE_UNREACHABLE when the redirect is not followed; BAD_INPUT, UNSUPPORTED_SCHEME
 */
export function redirectTarget(
  from: CanonicalUri,
  answer: OutgoingResponse,
  count: number,
  canonicalize: (uri: string) => CanonicalUri,
): CanonicalUri | undefined {
  const location = headerOf(answer, 'location');
  if (!REDIRECT_STATUSES.has(answer.status) || location === undefined) return undefined;
  const refuse = (why: string) =>
    new Fault('RESOURCE_UNREACHABLE', `${from.host} redirects ${why}`, { details: { status: answer.status } });
  if (count === MAX_REDIRECTS) throw refuse(`more than ${MAX_REDIRECTS} times. Use the URI of the last redirect.`);
  // Header values arrive as one character per byte; servers that do not escape send UTF-8.
  const target = URL.parse(Buffer.from(location, 'latin1').toString(), from.href);
  if (target === null) throw refuse('to an invalid URI. Use the URI that it should redirect to.');
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw refuse(`to a ${target.protocol} URI, which is not followed from http. Use that URI directly.`);
  }
  if (from.scheme === 'https' && target.protocol === 'http:') {
    throw refuse('from https to http, which is not followed. Use its https URI.');
  }
  return canonicalize(target.href);
}

export function headerOf({ headers }: Pick<OutgoingResponse, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  // A header that is sent twice equals one with both values, separated by a comma (RFC 9110 section 5.3).
  return typeof value === 'object' ? value.join(', ') : value;
}
