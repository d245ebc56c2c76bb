import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { ByteRange } from '../../../core/artifact-store.ts';

/**
 * The address of the client. Behind a trusted proxy, the last entry of X-Forwarded-For: the only one that the
 * proxy wrote itself; the client may have sent those before it.
 */
export function clientAddress(req: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? req.headers['x-forwarded-for'] : undefined;
  const last = forwarded === undefined ? '' : (String(forwarded).split(',').at(-1) ?? '').trim();
  const address = isIP(last) === 0 ? (req.socket.remoteAddress ?? '') : last;
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Whether If-None-Match contains the entity tag (RFC 9110, section 13.1.2), compared weakly. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
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
