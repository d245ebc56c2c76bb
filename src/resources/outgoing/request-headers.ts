import { Fault } from '../../core/errors.ts';

/**
 * Those that say where a message goes, where it ends or what it turns into: the policy was asked about a host, and
 * another Host header would reach another one behind the same proxy.
 */
const RESERVED_HEADERS =
  /^(host|connection|upgrade|content-length|transfer-encoding|te|trailer|expect|keep-alive|proxy-.*|sec-.*|:.*)$/i;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that a caller wants sent. @throws Fault BAD_INPUT for a header that only this server sets, or that is not valid */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED_HEADERS.test(name)) throw new Fault('BAD_INPUT', `The header ${name} is set by Signalbox. Remove it.`);
    // What stands in it may be a secret: it is not shown.
    if (!HEADER_NAME.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new Fault(
        'BAD_INPUT',
        `The header ${name.slice(0, 80)} cannot be sent. Use the characters of RFC 9110, section 5.`,
      );
    }
  }
}
