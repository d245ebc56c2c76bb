import { domainToASCII, domainToUnicode } from 'node:url';
import ipaddr from 'ipaddr.js';
import { Fault } from '../../core/errors.ts';

/** Scripts recommended for identifiers: UAX #31 table 5, without Common and Inherited. */
const SCRIPTS = [
  ...['Arabic', 'Armenian', 'Bengali', 'Bopomofo', 'Cyrillic', 'Devanagari', 'Ethiopic', 'Georgian', 'Greek'],
  ...['Gujarati', 'Gurmukhi', 'Han', 'Hangul', 'Hebrew', 'Hiragana', 'Kannada', 'Katakana', 'Khmer', 'Lao', 'Latin'],
  ...['Malayalam', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thaana', 'Thai', 'Tibetan'],
];

/** Scripts that one language writes together. */
const COMBINED_SCRIPTS = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

const allowedLabels = [...SCRIPTS.map((script) => [script]), ...COMBINED_SCRIPTS].map(
  (scripts) =>
    new RegExp(`^[${[...scripts, 'Common', 'Inherited'].map((script) => `\\p{scx=${script}}`).join('')}]+$`, 'u'),
);

/**
 * The canonical form of a host from `URL.hostname`: without a trailing dot, an IPv4-mapped IPv6 address as the IPv4 address
 * that it reaches.
 *
 * An internationalized name must be UTS #39 "highly restrictive", label by label: one recommended script, or Latin
 * with the scripts of Japanese, Chinese or Korean; characters common to all scripts are allowed everywhere. So
 * `pаypal` with a Cyrillic `а` is rejected, as Unicode and as punycode.
 * @throws Fault BAD_INPUT
 */
export function canonicalHost(hostname: string): string {
  if (hostname.startsWith('[')) return canonicalIpv6(hostname);
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  const labels = host.split('.');
  if (host.length > 253 || labels.some((label) => label === '' || label.length > 63)) {
    throw new Fault(
      'BAD_INPUT',
      'The host name has a label that is empty or too long. RFC 1035 allows 63 characters, and 253 in all.',
    );
  }
  if (!/^[a-z0-9._-]+$/.test(host)) {
    throw new Fault('BAD_INPUT', 'The host name may contain only letters, digits, hyphens, underscores and dots.');
  }
  if (labels.some((label) => label.startsWith('xn--'))) checkUnicodeName(host);
  return host;
}

function canonicalIpv6(hostname: string): string {
  const address = ipaddr.IPv6.parse(hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : hostname;
}

function checkUnicodeName(host: string): void {
  const unicode = domainToUnicode(host);
  // Punycode that cannot be decoded stays unchanged; punycode of another name encodes differently.
  if (domainToASCII(unicode) !== host || unicode.split('.').some((label) => label.startsWith('xn--'))) {
    throw new Fault('BAD_INPUT', 'The host name contains invalid punycode (xn--). Check its spelling.');
  }
  if (unicode.split('.').some((label) => !allowedLabels.some((allowed) => allowed.test(label)))) {
    throw new Fault(
      'BAD_INPUT',
      'The host name mixes scripts, or uses a rare one, and can be mistaken for another. Use another name of the host.',
    );
  }
}
