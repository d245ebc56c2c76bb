import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import { parseUriGlob, parseUriGlobs } from './parse-uri-glob.ts';
import { matchUriGlob, splitUri } from './uri-glob.ts';

/** Sufficiently canonical here: plain addresses parsed by WHATWG URL. */
function uri(href: string) {
  const { protocol, hostname, port, pathname, search } = new URL(href);
  return { href, scheme: protocol.slice(0, -1), host: hostname, port, path: pathname, query: search.slice(1) };
}

const covers = (glob: string, href: string) => matchUriGlob(parseUriGlob(glob), splitUri(uri(href)));

describe('a URI glob', () => {
  it.each([
    ['**', 'https://anything.example:8443/at/all'],
    ['http://host/**', 'http://host/'],
    ['http://host/**', 'http://host/a/b/c'],
    ['http://host/a/**', 'http://host/a'],
    ['http://host/a/**/z', 'http://host/a/z'],
    ['http://host/a/**/z', 'http://host/a/b/c/z'],
    ['http://host/**/a/**/b', 'http://host/x/a/a/y/b'],
    ['http://host/v*/items', 'http://host/v12/items'],
    ['http://host/a//b', 'http://host/a//b'],
    ['https://public-*/**', 'https://public-data/x'],
    ['https://*.example.com/**', 'https://api.example.com/x'],
    ['https://**.example.com/**', 'https://a.b.example.com/x'],
    ['https://**.example.com/**', 'https://example.com/x'],
    ['http://**', 'http://a.b.c/x/y'],
    ['http://**:*/**', 'http://a.b.c:8080/x/y'],
    ['http://host:*/**', 'http://host/x'],
    ['http://host:*/**', 'http://host:81/x'],
    ['http://host:8080/**', 'http://host:8080/x'],
    ['http://[::1]:8080/**', 'http://[0:0:0:0:0:0:0:1]:8080/x'],
    ['http://10.*.*.1/**', 'http://10.2.3.1/'],
    ['file:///data/**', 'file:///data/a/b.csv'],
    ['file:///schemas/public-*', 'file:///schemas/public-row.json'],
    ['data:**', 'data:text/csv'],
    ['data:text/*', 'data:text/csv'],
    ['artifact:sha256/**', 'artifact:sha256/abc'],
    ['run:*', 'run:own'],
    ['exec:///usr/bin/*', 'exec:///usr/bin/python3'],
    ['exec:///opt/**', 'exec:///opt/a/b/tool'],
    ['memory:**', 'memory:notes'],
    ['memory:notes', 'memory:notes'],
    ['memory:team-*', 'memory:team-tea'],
    ['memory:team/*', 'memory:team/tea'],
    ['s3:**', 's3://bucket/key/of/it'],
    ['s3://bucket/**', 's3://bucket/key/of/it'],
    ['s3://team-*/reports/*.csv', 's3://team-a/reports/july.csv'],
  ])('%s matches %s', (glob, href) => {
    expect(covers(glob, href)).toBe(true);
  });

  it.each([
    ['http://host/**', 'https://host/'],
    ['http://host/**', 'http://host:8080/'],
    ['http://host:8080/**', 'http://host/'],
    ['http://**', 'http://host:8080/'],
    ['http://host/**', 'http://host.evil.example/'],
    ['http://host/**', 'http://evil.example/host/'],
    ['http://host/a/**', 'http://host/ab'],
    ['http://host/a/*', 'http://host/a/b/c'],
    ['http://host/a/*', 'http://host/a/'],
    ['http://host/a/*/b', 'http://host/a//b'],
    ['http://host/a/b', 'http://host/a//b'],
    ['https://public-*/**', 'https://public-evil.attacker.example/x'],
    ['https://*.example.com/**', 'https://a.b.example.com/x'],
    ['https://*.example.com/**', 'https://example.com/x'],
    ['https://*example.com/**', 'https://evil-example.com.attacker.example/x'],
    ['http://*/x', 'http://a/b/x'],
    ['http://*:80/x', 'http://a:8080/x'],
    ['file:///data/public/**', 'file:///data/private/x'],
    ['data:text/*', 'data:application/json'],
    ['run:own', 'run:tenant'],
    ['s3://bucket/**', 's3://other/key'],
    ['s3://team-*/**', 's3://team-a.b/key'],
  ])('%s does not match %s', (glob, href) => {
    expect(covers(glob, href)).toBe(false);
  });

  it('of redis: is matched with the whole key, in which nothing is encoded', () => {
    const matches = (glob: string, href: string) => matchUriGlob(parseUriGlob(glob), splitUri(canonicalUri(href)));
    for (const glob of ['redis:**', 'redis://**', 'redis://ctx:*', 'redis://ctx:job_1', 'REDIS://*:job_1'])
      expect(matches(glob, 'redis://ctx:job_1')).toBe(true);
    for (const glob of ['redis://ctx/**', 'redis://ctx:*/**/x', 'redis://ctx%3Ajob_1', 'redis://CTX:*', 'redis://*:80'])
      expect(matches(glob, 'redis://ctx:job_1')).toBe(false);
    expect(matches('redis://team/*/x', 'redis://team/a:6379/x')).toBe(true);
    expect(matches('redis://a%41', 'redis://aA')).toBe(false);
  });

  it('matches a path with any query, so that a query cannot bypass a deny', () => {
    expect(covers('http://host/private/**', 'http://host/private/x?a=1')).toBe(true);
  });

  it('matches an absent URI only as ** alone', () => {
    expect(matchUriGlob(parseUriGlob('**'), undefined)).toBe(true);
    for (const glob of ['http://**', 'data:**', 'file:///**'])
      expect(matchUriGlob(parseUriGlob(glob), undefined)).toBe(false);
  });

  it.each([
    ['HTTP://HOST/Path', 'http://host/Path'],
    ['http://host.:80/x', 'http://host/x'],
    ['https://host:0443/x', 'https://host/x'],
    ['http://host/%61%7Edmin', 'http://host/a~dmin'],
    ['http://host/%c3%a9%e2%80%93', 'http://host/%C3%A9%E2%80%93'],
    ['http://0x7f.1/x', 'http://127.0.0.1/x'],
    ['data:TEXT/CSV', 'data:text/csv'],
  ])('%s is canonicalized like a URI, to %s', (glob, canonical) => {
    expect(parseUriGlob(glob)).toEqual(parseUriGlob(canonical));
  });

  it('that is a URI in any spelling matches the canonical URI', () => {
    const host = fc.constantFrom('Host.Example', 'host.', '127.1', '0x7f000001', '[0:0::1]', 'xn--bcher-kva.de', 'a_b');
    const port = fc.constantFrom('', ':80', ':443', ':8080', ':00081');
    const piece = fc.constantFrom(
      'a',
      'B',
      '~',
      '%7e',
      '%41',
      '%c3%a9',
      '%e2%80%93',
      '%3f',
      '%2a',
      '%25',
      "!$&'()+,;=:@",
      '',
    );
    const path = fc.array(
      fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
      { maxLength: 4 },
    );
    const spelled = fc
      .tuple(fc.constantFrom('http', 'HTTPS'), host, port, path)
      .map(([scheme, name, at, segments]) => `${scheme}://${name}${at}/${segments.join('/')}`)
      .filter((text) => !/%25(%41|B|a|%3|%c|%e|%7|%2)/.test(text));
    fc.assert(
      fc.property(spelled, (text) => {
        expect(matchUriGlob(parseUriGlob(text), splitUri(canonicalUri(text)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is matched in linear time, whatever the URI contains', async () => {
    const cpuMs = await cpuMsOf(() => {
      expect(covers(`http://host/${'**/a*/'.repeat(8)}b`, `http://host/${'a/'.repeat(30_000)}`)).toBe(false);
      expect(covers(`http://host/${'*a'.repeat(20)}b`, `http://host/${'a'.repeat(60_000)}`)).toBe(false);
    });
    expect(cpuMs).toBeLessThan(2_000);
  });
});

describe('parsing a URI glob', () => {
  it.each([
    ['', /empty.*character 1/],
    ['*', /begin with a scheme.*character 1/],
    ['http*://host/', /begin with a scheme/],
    ['//host/x', /begin with a scheme/],
    ['!http://host/', /begin with a scheme/],
    ['http://host', /path is missing.*character 12/],
    ['https://public-*', /path is missing/],
    ['http://user@host/', /user info.*character 12/],
    ['http://*@host/', /user info/],
    ['http:///x', /host is missing.*character 8/],
    ['http:**', /write http:\/\/\*\*:\*\/\*\*/],
    ['http://ho st/', /space or a control character.*character 10/],
    ['http://host/\u0000', /control character.*character 13/],
    ['http://host/a\\b', /backslash.*character 14/],
    ['http://host/a?b=*', /query.*character 14/],
    ['http://host/#a', /fragment.*character 13/],
    ['http://host/a|http://b/', /space on both sides.*character 14/],
    ['http://host/{a,b}', /never contains this character.*character 13/],
    ['http://host/[ab]', /wildcards.*character 13/],
    ['http://bücher.example/', /punycode.*character 9/],
    ['http://ho%73t/', /not allowed in a host.*character 10/],
    ['http://a..*.b/', /label.*empty/],
    ['http://1.2.3.400/', /not valid/],
    ['http://[::zz]/', /not valid/],
    ['http://[::1/', /not closed.*character 8/],
    ['http://[::ffff:127.0.0.1]/', /IPv4-mapped/],
    ['http://host:http/', /port.*character 13/],
    ['http://host:65536/', /port/],
    ['http://host:8*/', /port/],
    ['http://host:/', /port/],
    ['http://host/a/../b', /"\.\.".*character 15/],
    ['http://host/%2e%2e/b', /"\.\."/],
    ['http://host/a%2fb', /%2f.*character 14/],
    ['http://host/a%5Cb', /%5C/],
    ['http://host/a%00b', /%00/],
    ['http://host/a%7fb', /%7f/],
    ['http://host/a%252e', /encoded twice.*character 14/],
    ['http://host/a%25%32e', /encoded twice/],
    ['http://host/%2*', /two hex digits.*character 13/],
    ['http://host/a**', /must be alone.*character 14/],
    ['http://a**.example/', /must be alone.*character 9/],
    ['file://host/x', /no host/],
    ['file:/x', /file:\/\/\//],
    ['file://**', /no host|path is missing/],
    ['redis://', /must name a key.*character 9/],
    ['redis:///x', /must name a key/],
    ['redis://a**', /must be alone.*character 10/],
    ['redis://{a}', /write \* for this character/],
    ['data:', /write data:\*\*/],
    ['data:*', /data:text\/\*/],
    ['data:text/csv;charset=utf-8', /media type only.*character 14/],
    ['artifact:*', /artifact:sha256\/\*\*/],
  ])('rejects %j', (glob, why) => {
    expect(() => parseUriGlob(glob)).toThrow(why);
  });

  it('rejects a glob that is too long', () => {
    expect(() => parseUriGlob(`http://host/${'a'.repeat(1_024)}`)).toThrow(/longer than 1024/);
  });

  it('accepts alternatives, and counts positions in the whole column', () => {
    expect(parseUriGlobs('http://a/** | data:**')).toEqual([parseUriGlob('http://a/**'), parseUriGlob('data:**')]);
    expect(() => parseUriGlobs('http://a/** |  http://u@b/')).toThrow(/character 24\b/);
    expect(() => parseUriGlobs('http://a/** | ')).toThrow(/space on both sides|empty/);
  });
});
