import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './ip-address.ts';

const NOT_PUBLIC = {
  'this machine': ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '0.1.2.3', '::'],
  'private networks': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1'],
  'the link, and cloud metadata on it': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
  'carrier NAT, benchmarks, documentation': ['100.64.0.1', '198.18.0.1', '192.0.2.1', '203.0.113.9', '2001:db8::1'],
  'groups and the reserved end': ['224.0.0.1', '239.1.1.1', '255.255.255.255', '240.0.0.1', 'ff02::1'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'],
  'IPv4-compatible, which is obsolete': ['::127.0.0.1', '::8.8.8.8'],
  'NAT64 and SIIT of private addresses': ['64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '::ffff:0:127.0.0.1'],
  'NAT64 with a local prefix': ['64:ff9b:1::8.8.8.8'],
  '6to4 and Teredo of private addresses': ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:1:2:3:4:80ff:fffe'],
  'space that IANA has not handed out': ['4000::1', 'a000::1', '5f00::1', '100::1'],
  'what is no address': ['', 'localhost', '1.2.3', '2130706433', '0x7f.0.0.1', '127.0.0.1:80', '[::1]'],
};

describe('isPublicAddress', () => {
  it.each(Object.entries(NOT_PUBLIC))('is false for %s', (_, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it('is true for the public internet, including NAT64, 6to4 and Teredo', () => {
    const addresses = [
      '8.8.8.8',
      '1.1.1.1',
      '2606:4700::1111',
      '64:ff9b::808:808',
      '2002:808:808::1',
      '::ffff:8.8.8.8',
    ];
    expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
    expect(isPublicAddress('2001:0:1:2:3:4:f7f7:f7f7')).toBe(true);
  });

  it('returns the same for an IPv4 address and every IPv6 address that contains it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (v4) => {
        const bytes = v4.split('.').map(Number);
        const hex = (at: number) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16);
        const carried = [`::ffff:${v4}`, `64:ff9b::${v4}`, `2002:${hex(0)}:${hex(2)}::1`];
        expect(carried.map(isPublicAddress)).toEqual(carried.map(() => isPublicAddress(v4)));
      }),
    );
  });
});
