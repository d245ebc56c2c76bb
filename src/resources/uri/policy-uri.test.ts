import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NAMED_SCHEMES, namedUri } from '../../core/canonical-uri.ts';
import { canonicalUri } from '../canonical-uri.ts';
import { execUri } from './exec-uri.ts';
import { parsePolicyUri } from './policy-uri.ts';

const parse = (text: string) => parsePolicyUri(text, canonicalUri);

describe('the URI of a question to the policy', () => {
  it('is that of the real question, for everything that has a name', () => {
    const id = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 256 })
      .filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
    fc.assert(
      fc.property(fc.constantFrom(...NAMED_SCHEMES), id, (scheme, name) => {
        const asked = namedUri(scheme, encodeURIComponent(name));
        expect(parse(asked.href)).toEqual(asked);
      }),
    );
  });

  it.each(['sh', '/usr/bin/env', 'node', process.execPath])(
    'is that of the real question, for the program %s',
    (name) => {
      const asked = execUri(name);
      expect(parse(asked.href)).toEqual(asked);
    },
  );

  it.each([
    'https://example.com/a',
    'file:///data/a.csv',
    'data:text/csv',
    `artifact:sha256/${'0'.repeat(64)}`,
    'redis://ctx:job_1',
    's3://reports/july.csv',
  ])('is that of the real question, for the resource %s', (text) => {
    expect(parse(text)).toEqual(canonicalUri(text));
  });

  it('is canonical, however it is written', () => {
    expect(parse('MEMORY:notes').href).toBe('memory:notes');
    expect(parse('worker:gpu%2d1').href).toBe('worker:gpu-1');
    expect(parse('exec:///opt/../usr/bin/python3').href).toBe('exec:///usr/bin/python3');
    expect(parse('exec:///opt/not%20there').href).toBe('exec:///opt/not%20there');
    expect(parse(`exec://${process.execPath}`).href).toBe('exec:///run/signalbox/bin/node');
  });

  it.each([
    'memory:',
    'worker:%',
    'worker:%ff',
    'worker:%0a',
    'exec:python3',
    'exec://host/bin/sh',
    'exec:///bin/sh?a',
  ])('refuses %s', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('refuses a scheme that no rule and no protocol knows', () => {
    expect(() => parse('gopher://h/a')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_SCHEME' }));
  });
});
