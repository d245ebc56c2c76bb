import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../core/errors.ts';

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)([^#]*)/i;
/** `host:port` of RFC 3986, section 3.2.2; it may be empty. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i;

/** Turns a target in absolute form into origin form; its authority replaces Host (RFC 9112, section 3.2.2). */
export function normalizeTarget(req: IncomingMessage): void {
  if (req.url?.startsWith('/')) return;
  const [, authority, rest] = ABSOLUTE_FORM.exec(req.url ?? '') ?? [];
  if (authority === undefined || rest === undefined) return;
  req.headers.host = authority;
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Two Host headers, or one that names no host: this server and a proxy in front of it would not agree on the site
 * (RFC 9112, section 3.2).
 */
export function hostFault({ rawHeaders, headers }: IncomingMessage): Fault | undefined {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) return new Fault('BAD_INPUT', 'The request has more than one Host header. Send one.');
  if (headers.host !== undefined && !HOST.test(headers.host))
    return new Fault('BAD_INPUT', 'The Host header is not a host with an optional port (RFC 9112, section 3.2).');
  return undefined;
}
