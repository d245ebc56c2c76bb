import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True for a literal of 127.0.0.0/8 or ::1, also as an IPv4-mapped IPv6 address. False for names. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const WELL_KNOWN_NAT64 = ipaddr.IPv6.parse('64:ff9b::');

/**
 * True for an IP address of the public internet. An IPv6 address that carries an IPv4 address is judged by that one:
 * IPv4-mapped (RFC 4291), NAT64 (RFC 6052, well-known prefix), SIIT (RFC 7915), 6to4 (RFC 3056), Teredo (RFC 4380).
 * Text that is not an address is not public.
 */
export function isPublicAddress(text: string): boolean {
  // IPv4-compatible IPv6 (RFC 4291, obsolete), which ipaddr.js treats as IPv4-mapped.
  if (isIP(text) === 0 || !ipaddr.isValid(text) || /^::\d+\.\d+\.\d+\.\d+$/.test(text)) return false;
  const address = embeddedIpv4Or(ipaddr.parse(text));
  if (address.range() !== 'unicast') return false;
  // The global unicast space that IANA assigns; ipaddr.js calls the unassigned rest unicast too.
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST, 3);
}

function embeddedIpv4Or(address: Address): Address {
  if (address.kind() === 'ipv4') return address;
  const v6 = address as ipaddr.IPv6;
  const bytes = v6.toByteArray();
  const embedded = (from: number, mask = 0) => new ipaddr.IPv4(bytes.slice(from, from + 4).map((byte) => byte ^ mask));
  switch (v6.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
      return embedded(12);
    case 'rfc6052':
      return v6.match(WELL_KNOWN_NAT64, 96) ? embedded(12) : v6;
    case '6to4':
      return embedded(2);
    case 'teredo':
      // The client's address is at the end, with every bit inverted (RFC 4380 section 4).
      return embedded(12, 0xff);
    default:
      return v6;
  }
}

/** The network that is assigned to one party as a whole: an IPv4 address, or the /64 of an IPv6 address; other text as it is. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':');
}
