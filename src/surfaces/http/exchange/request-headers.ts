import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { ByteRange } from '../../../core/artifact-store.ts';

/**
 * The address of the client. Behind a trusted proxy, the last entry of X-Forwarded-For: the only one that the
 * proxy wrote itself; the client may have sent those before it.
 */
export function clientAddress(req: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? req.headers['x-forwarded-for'] : undefined;
  const last = forwarded === undefined ? '' : (String(forwarded).split(',').at(-1) ?? '').trim();
  const address = forwardedAddress(last) ?? req.socket.remoteAddress ?? '';
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * The address in a node of RFC 7239 section 6, with or without port, quotes and brackets: `192.0.2.1:47011`,
 * `"[2001:db8::1]:4711"`. Undefined for `unknown` and other names.
 */
function forwardedAddress(node: string): string | undefined {
  const unquoted = node.replace(/^"(.*)"$/, '$1');
  const [, bracketed, ipv4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(unquoted) ?? [];
  const address = bracketed ?? ipv4 ?? unquoted;
  return isIP(address) === 0 ? undefined : address;
}

/**
 * The status that preconditions lead to for a strong entity tag (RFC 9110, section 13.2.2): 412 when If-Match does not
 * contain it, compared strongly; 304 when If-None-Match does, compared weakly; undefined to go on.
 */
export function preconditionStatus(
  { 'if-match': ifMatch, 'if-none-match': ifNoneMatch }: IncomingHttpHeaders,
  etag: string,
): 304 | 412 | undefined {
  const tags = (header: string) => header.split(',').map((tag) => tag.trim());
  if (ifMatch !== undefined && !tags(ifMatch).some((tag) => tag === etag || tag === '*')) return 412;
  if (ifNoneMatch === undefined) return undefined;
  return tags(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etag || tag === '*') ? 304 : undefined;
}

/**
 * The range of a Range header (RFC 9110, section 14); `unsatisfiable` when it starts past the end; undefined
 * when everything must be sent: no header, not bytes, malformed, or several ranges, which a server may ignore.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}
