import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The address of who asks. Behind a proxy that is trusted, the last entry of X-Forwarded-For: the only one that the
 * proxy wrote itself; those before it are whatever the client sent.
 */
export function clientAddress(req: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? req.headers['x-forwarded-for'] : undefined;
  const last = forwarded === undefined ? '' : (String(forwarded).split(',').at(-1) ?? '').trim();
  const address = isIP(last) === 0 ? (req.socket.remoteAddress ?? '') : last;
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
