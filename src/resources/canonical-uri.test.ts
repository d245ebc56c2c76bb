import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfUri } from '../../test/support/resources/code-of-uri.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import { canonicalUri } from './canonical-uri.ts';

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'userinfo, even an empty one': [
    'http://good.example@evil.example/',
    'http://user:secret@h.example/',
    'http://@h.example/',
    'http://:@h.example/',
    'http:\\\\user@h.example/',
    'https:user@h.example',
  ],
  'raw control characters, tabs, newlines and spaces': [
    'http://h.example/a b',
    'http://h.example/a\tb',
    'http://h.exam\nple/',
    'http://h.example/\u0000',
    'http://h.example/\u007f',
    'http://h.example/\u0085',
    'http://h.example/\u2028',
    ' http://h.example/',
    'http://h.example/ ',
    'ht\ttp://h.example/',
    'data:text/plain,a b',
    'data:text/plain,a\nb',
  ],
  'escapes that servers decode in different ways': [
    'http://h.example/a%2fb',
    'http://h.example/a%2Fb',
    'http://h.example/a%5cb',
    'http://h.example/a%00b',
    'http://h.example/a%0d%0aX',
    'http://h.example/%252e%252e/a',
    'http://h.example/%2541',
    'http://h.example/%25%36%31',
    'file:///data/..%2f..%2fetc/passwd',
    'file:///data/a%5c..%5cb',
  ],
  'a percent sign that does not begin an escape': [
    'http://h.example/100%',
    'http://h.example/%zz',
    'http://h.example/%%36%31',
    'http://h.example/?q=%',
  ],
  'a host, a query or broken UTF-8 in file:': [
    'file://host/data/a.csv',
    'file://127.0.0.1/data/a.csv',
    'file:\\\\host\\data',
    'file:///data/a?b',
    'file:///data/%ff',
    'file://u@h/data',
  ],
  'data: with an invalid media type, or with a raw #': [
    'data:garbage,a',
    'data:*/*,a',
    'data:text/html,<a%20href="#x">',
    'data:text/csv,a#b',
  ],
  'artifact: in any other form': [
    'artifact:sha256/abc',
    `artifact:sha1/${'a'.repeat(40)}`,
    `artifact:///sha256/${'a'.repeat(64)}`,
    `artifact://host/sha256/${'a'.repeat(64)}`,
    `artifact:sha256/${'a'.repeat(64)}?x`,
    `artifact:sha256/${'a'.repeat(64)}/../x`,
    `artifact:sha256/%61${'a'.repeat(63)}`,
  ],
  'text that is not an absolute URI': [
    '',
    '/etc/passwd',
    '//h.example/',
    'h.example',
    '?x',
    '://h',
    'http:',
    'http://',
  ],
  'half of a surrogate pair': ['http://h.example/\ud800', 'data:text/plain,\udc00'],
  'more than 8,192 characters': [`http://h.example/${'a'.repeat(8192)}`],
};

const BECOMES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'backslashes and dot segments, plain and escaped, are resolved': [
    ['http:\\\\h.example\\a\\b', 'http://h.example/a/b'],
    ['http://h.example/a/../b/./c', 'http://h.example/b/c'],
    ['http://h.example/a/%2e%2e/b', 'http://h.example/b'],
    ['http://h.example/%2E./%2e/../b', 'http://h.example/b'],
    ['http://good.example\\@evil.example/', 'http://good.example/@evil.example/'],
    ['file:///data/../../etc/passwd', 'file:///etc/passwd'],
    ['file:///data/%2e%2e/etc/passwd', 'file:///etc/passwd'],
  ],
  'unreserved characters are decoded and hex is in upper case': [
    ['http://h.example/%61dmin', 'http://h.example/admin'],
    ['http://h.example/%c3%a9', 'http://h.example/%C3%A9'],
    ['http://h.example/\u00e9', 'http://h.example/%C3%A9'],
    ['http://h.example/%7Euser/%2d%5f%2E', 'http://h.example/~user/-_.'],
    ['http://h.example/a%2bb%20c', 'http://h.example/a%2Bb%20c'],
    ['http://h.example/?%61=%7e%c3%A9', 'http://h.example/?a=~%C3%A9'],
    ['http://h.example/100%25', 'http://h.example/100%25'],
  ],
  'a double slash in a path is preserved': [
    ['http://h.example//a//b', 'http://h.example//a//b'],
    ['http://h.example/a/..//b', 'http://h.example//b'],
  ],
  'a default port is omitted, another one preserved': [
    ['http://h.example:80/', 'http://h.example/'],
    ['https://h.example:443/', 'https://h.example/'],
    ['http://h.example:00080/', 'http://h.example/'],
    ['http://h.example:443/', 'http://h.example:443/'],
    ['http://h.example:/', 'http://h.example/'],
  ],
  'fragments and a lone question mark are omitted': [
    ['http://h.example/a?b#c', 'http://h.example/a?b'],
    ['http://evil.example#@good.example/', 'http://evil.example/'],
    ['http://h.example?', 'http://h.example/'],
    ['file:///data/a.csv#row=2', 'file:///data/a.csv'],
  ],
  'file: has an empty host and one path': [
    ['file:/data/a.csv', 'file:///data/a.csv'],
    ['file://localhost/data/a.csv', 'file:///data/a.csv'],
    ['FILE:///data/%61.csv', 'file:///data/a.csv'],
    ['file:///data/a%3Fb%23.csv', 'file:///data/a%3Fb%23.csv'],
    ['file:///data/a@b.csv', 'file:///data/a@b.csv'],
    ['file:///a@b.csv', 'file:///a@b.csv'],
    ['file:////data//a', 'file:////data//a'],
  ],
  'data: is only its media type': [
    ['data:text/csv,a%2Cb', 'data:text/csv'],
    ['DATA:TEXT/CSV;charset=iso-8859-2;base64,YQ==', 'data:text/csv'],
    ['data:,a', 'data:text/plain'],
    ['data:;base64,YQ==', 'data:text/plain'],
    ['data:;charset=utf-8,a', 'data:text/plain'],
    ['data:application/json,{"a":1}?x', 'data:application/json'],
    ['data:text/csv', 'data:text/csv'],
  ],
  'artifact: is its digest in lower case': [
    [`artifact:sha256/${'AB'.repeat(32)}`, `artifact:sha256/${'ab'.repeat(32)}`],
    [`ARTIFACT:SHA256/${'ab'.repeat(32)}`, `artifact:sha256/${'ab'.repeat(32)}`],
  ],
};

describe('canonicalUri', () => {
  it.each(Object.entries(REFUSED))('rejects %s', (_, texts) => {
    const answers = Object.fromEntries(texts.map((text) => [text, codeOfUri(text)]));
    expect(answers).toEqual(Object.fromEntries(texts.map((text) => [text, 'BAD_INPUT'])));
  });

  it.each(Object.entries(BECOMES))('%s', (_, pairs) => {
    expect(pairs.map(([text]) => canonicalUri(text).href)).toEqual(pairs.map(([, href]) => href));
  });

  it('splits the URI into its components', () => {
    const https: CanonicalUri = canonicalUri('https://H.example:8443/a/%62?c=d#e');
    expect(https).toEqual({
      href: 'https://h.example:8443/a/b?c=d',
      scheme: 'https',
      host: 'h.example',
      port: '8443',
      path: '/a/b',
      query: 'c=d',
    });
    expect(canonicalUri('data:text/csv;charset=utf-8,a')).toMatchObject({ scheme: 'data', host: '', path: 'text/csv' });
  });

  it('keeps the payload of data: out of everything that can be logged', () => {
    expect(JSON.stringify(canonicalUri('data:text/plain;base64,c2VjcmV0'))).not.toContain('c2VjcmV0');
  });

  it('lists the known schemes when another is used', () => {
    for (const text of ['gopher://h.example/', 'javascript:alert(1)', 'C:\\data\\a.csv', 'ftp://h.example/']) {
      expect(codeOfUri(text)).toBe('UNSUPPORTED_SCHEME');
    }
    expect(() => canonicalUri('gopher://h/')).toThrow(/http:, https:, file:, data:, artifact:, redis: or s3:/);
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = accepted(text);
        if (once) expect(canonicalUri(once.href)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('returns components that form the whole URI, without misleading characters', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const uri = accepted(text);
        if (!uri) return;
        expect(uri.href).toMatch(/^[\x21-\x7e]+$/);
        expect(uri.href).not.toContain('#');
        expect(uri.path).not.toContain('\\');
        expect(uri.host).not.toMatch(/[@%*]|\.$|^\.|\.\./);
        expect(uri.path).not.toMatch(/%(2f|5c|00|25[0-9a-f]{2})/i);
        expect(uri.path.split('/')).not.toEqual(expect.arrayContaining([expect.stringMatching(/^\.\.?$/)]));
        expect(uri.path + uri.query).not.toMatch(/%(?![0-9A-F]{2})/);
        const authority = ['http', 'https', 'file'].includes(uri.scheme) ? '//' : '';
        const port = uri.port && `:${uri.port}`;
        expect(`${uri.scheme}:${authority}${uri.host}${port}${uri.path}${uri.query && `?${uri.query}`}`).toBe(uri.href);
      }),
      { numRuns: 2000 },
    );
  });

  it('returns a value or throws a fault for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(codeOfUri(text)).not.toMatch(/^bug/);
        expect(codeOfUri(`http://${text}`)).not.toMatch(/^bug/);
        expect(codeOfUri(`data:${text}`)).not.toMatch(/^bug/);
      }),
    );
  });
});

function accepted(text: string): CanonicalUri | undefined {
  try {
    return canonicalUri(text);
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    return undefined;
  }
}

const piece = fc.oneof(
  fc.constantFrom('/', '//', '..', '.', '%2e', '%2E%2e', '%61', '%7e', '%c3%a9', '%252e', '%25', '%', '%%36%31', '\\'),
  fc.constantFrom('?', '#', '@', ':', 'a', 'B', '~', '\u00e9', '*', '|', '[', ';', '%2f', '%00', '+', '^', '"', '&'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const host = fc.oneof(
  fc.constantFrom('h.example', 'H.EXAMPLE.', '127.1', '0x7f000001', '[::1]', '[::ffff:1.2.3.4]', 'b\u00fccher.example'),
  fc.constantFrom('1.2.3.4.', 'a..', 'xn--80a1acny', 'xn--0', 'u@h', '', '\u043f\u043e\u0447\u0442\u0430', 'a_b'),
  fc.domain(),
  fc.ipV4Extended(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const scheme = fc.constantFrom('http:', 'https:', 'HTTP:', 'file:', 'data:', 'artifact:', 'x:');
const slashes = fc.constantFrom('//', '/', '', '///', '\\\\');
const port = fc.constantFrom('', ':80', ':443', ':8080', ':', ':0');
const hostile = fc
  .tuple(scheme, slashes, host, port, fc.array(piece, { maxLength: 8 }))
  .map(([s, slash, h, p, rest]) => `${s}${slash}${h}${p}/${rest.join('')}`);
