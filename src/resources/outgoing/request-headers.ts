import { Fault } from '../../core/errors.ts';

/**
 * Headers that determine where a message goes, where it ends, or how it is framed: the policy was asked about a host, and
 * a different Host header would reach another one behind the same proxy.
 */
const RESERVED_HEADERS =
  /^(host|connection|upgrade|content-length|transfer-encoding|te|trailer|expect|keep-alive|proxy-.*|sec-.*|:.*)$/i;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Checks the headers of a caller. @throws Fault BAD_INPUT for a header that only this server sets, or that is not valid */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED_HEADERS.test(name)) throw new Fault('BAD_INPUT', `The header ${name} is set by Signalbox. Remove it.`);
    // The value may be a secret: it is not shown.
    if (!HEADER_NAME.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new Fault(
        'BAD_INPUT',
        `The header ${name.slice(0, 80)} cannot be sent: it has invalid characters. Use those of RFC 9110 section 5.`,
      );
    }
  }
}
