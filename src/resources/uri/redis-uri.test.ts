import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfUri } from '../../../test/support/resources/code-of-uri.ts';
import { parseUriGlob } from '../../policy/globs/parse-uri-glob.ts';
import { matchUriGlob, splitUri } from '../../policy/globs/uri-glob.ts';
import { canonicalUri } from '../canonical-uri.ts';

/** Keys of what a URL would change: hosts, ports, escapes, dot segments, queries, fragments, user names. */
const part = fc.oneof(
  fc.constantFrom(
    'ctx:',
    'res:',
    'CTX',
    '%41',
    '%',
    '/',
    '//',
    '..',
    '/./',
    '?',
    '#',
    '@',
    'a:b@',
    ':80',
    '\\',
    '[::1]',
    '*',
    '{}',
    '|',
  ),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 8 }),
);
const key = fc
  .array(part, { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '' && !text.startsWith('/'));

describe('redis:', () => {
  it('keeps the key byte for byte, and two keys are never one', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const uri = canonicalUri(`redis://${one}`);
        expect(uri).toEqual({
          ...{ href: `redis://${one}`, scheme: 'redis', host: '', port: '', path: one, query: '' },
        });
        expect(canonicalUri(uri.href)).toEqual(uri);
        expect(canonicalUri(`REDIS://${one}`)).toEqual(uri);
        expect(canonicalUri(`redis://${other}`).path === uri.path).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });

  it('is matched by a rule that is written like the key, and by no other', () => {
    const literal = key.filter((text) => !/[*?#\\|"<>^`{}]/.test(text));
    fc.assert(
      fc.property(literal, literal, (one, other) => {
        const glob = parseUriGlob(`redis://${one}`);
        const covers = (text: string) => matchUriGlob(glob, splitUri(canonicalUri(`redis://${text}`)));
        expect(covers(one)).toBe(true);
        expect(covers(other)).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'redis:',
    'redis:ctx:1',
    'redis:/ctx:1',
    'redis://',
    'redis:///ctx:1',
    'redis:\\\\ctx:1',
    'redis://ctx 1',
    'redis://ctx\u200b1',
    'redis://zażółć',
    'redis://\u202ectx',
    'redis://a\nb',
  ])('refuses %j', (text) => {
    expect(codeOfUri(text)).toBe('BAD_INPUT');
  });

  it('never names another server', () => {
    expect(codeOfUri('rediss://cache.example/1')).toBe('UNSUPPORTED_SCHEME');
    expect(canonicalUri('redis://cache.example:6379/0')).toMatchObject({ host: '', path: 'cache.example:6379/0' });
  });
});
