import { describe, expect, it } from 'vitest';
import { codeOfUri } from '../../../test/support/resources/code-of-uri.ts';
import { canonicalUri } from '../canonical-uri.ts';

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'names that mix scripts, as Unicode and as punycode': [
    'http://p\u0430ypal.example/',
    'http://xn--pypal-4ve.example/',
    'http://\u03b1bc.example/',
    'http://shop.\u0435xample.example/',
    'http://\u0441\u043e\u043c\u65e5.example/',
    'http://\u30a2\u0410.example/',
  ],
  'invalid punycode': [
    'http://xn--0.example/',
    'http://xn--a/',
    'http://xn--.example/',
    'http://xn--a-0.example',
    'http://xn---o3ko.example/',
  ],
  'IPv6 zones': ['http://[fe80::1%25eth0]/', 'http://[fe80::1%eth0]/'],
  'invalid hosts': [
    'http:///',
    'http://a..b/',
    'http://a.example../',
    'http://./',
    'http://1.2.3.4../',
    'http://256.256.256.256/',
    'http://a*b/',
    'http://a$b/',
    `http://${'a'.repeat(64)}.example/`,
    `http://${'a.'.repeat(130)}example/`,
    'http://h.example:99999/',
    'http://h.example:0/',
  ],
};

const BECOMES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'decimal, octal, hex, short and circled IPv4, with or without a last dot, are one address': [
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['http://0177.0.0.1/', 'http://127.0.0.1/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://127.1/', 'http://127.0.0.1/'],
    ['http://\u2460\u2461\u2466.0.0.1/', 'http://127.0.0.1/'],
    ['http://127.0.0.1./', 'http://127.0.0.1/'],
    ['http://127。0。0。1/', 'http://127.0.0.1/'],
    ['http://%31%32%37.0.0.1/', 'http://127.0.0.1/'],
  ],
  'one dot after a host is removed, upper case lowered': [
    ['HTTP://H.Example./', 'http://h.example/'],
    ['http://localhost./a', 'http://localhost/a'],
  ],
  'names become punycode; zero-width characters and soft hyphens vanish': [
    ['http://b\u00fccher.example/', 'http://xn--bcher-kva.example/'],
    ['http://xn--bcher-kva.example/', 'http://xn--bcher-kva.example/'],
    ['http://exam\u00adple.example/', 'http://example.example/'],
    ['http://exam\u200bple.example/', 'http://example.example/'],
    ['http://\u2133.example/', 'http://m.example/'],
    ['http://\u65e5\u672c\u30ab\u30bfabc.example/', 'http://xn--abc-jj4bzdo428ao4b.example/'],
    ['http://\ud55c\uad6d-web.example/', 'http://xn---web-fy4pz03q.example/'],
    ['http://\u043f\u043e\u0447\u0442\u0430.example/', 'http://xn--80a1acny.example/'],
  ],
  'IPv6 is compressed, and an IPv4-mapped address is the IPv4 address': [
    ['http://[0:0:0:0:0:0:0:1]/', 'http://[::1]/'],
    ['http://[::ffff:127.0.0.1]/', 'http://127.0.0.1/'],
    ['http://[::ffff:7f00:1]:8080/', 'http://127.0.0.1:8080/'],
    ['http://[64:ff9b::10.0.0.1]/', 'http://[64:ff9b::a00:1]/'],
  ],
};

describe('the host of a canonical URI', () => {
  it.each(Object.entries(REFUSED))('rejects %s', (_, texts) => {
    const answers = Object.fromEntries(texts.map((text) => [text, codeOfUri(text)]));
    expect(answers).toEqual(Object.fromEntries(texts.map((text) => [text, 'BAD_INPUT'])));
  });

  it.each(Object.entries(BECOMES))('%s', (_, pairs) => {
    expect(pairs.map(([text]) => canonicalUri(text).href)).toEqual(pairs.map(([, href]) => href));
  });
});
