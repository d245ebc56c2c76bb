import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './linear-pattern.ts';

const character = fc.constantFrom(
  ...['a', 'b', 'z', '0', '_', '-', ' ', '\n', '\u00a0', '\u2028', 'ż', 'α', '😀', '.', 'A', '\ud800'],
);
const escapes = fc.constantFrom(
  ...[
    '\\s',
    '\\S',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\p{L}',
    '\\P{L}',
    '\\p{Uppercase}',
    '\\p{Script=Greek}',
    '\\n',
    '\\.',
  ],
  ...['\\u0061', '\\u{1F600}', '\\ud83d\\ude00', '\\x41', '\\cJ', '\\u{0}', '\\/', '\\^'],
);
const characterClass = fc
  .tuple(
    fc.constantFrom('[', '[^'),
    fc.array(fc.oneof(fc.constantFrom('a', 'b', 'A-Z', '0-9', 'ż', '😀', 'α-ω', '.', ' ', '\\-', '\\b'), escapes), {
      maxLength: 4,
    }),
  )
  .map(([open, members]) => `${open}${members.join('')}]`);
const quantifier = fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}?', '{2,}', '*?', '{0}');
/** Patterns of every kind that RE2 can run, valid with the flag `u`. */
const { pattern } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', '0', '.', 'ż', '😀', '\\b', '\\B', '^', '$'),
    escapes,
    characterClass,
    fc.tuple(fc.constantFrom('a', '.', '[ab]', '\\s', '\\p{L}', '😀'), quantifier).map(([one, times]) => one + times),
    fc.tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
    fc.tuple(tie('pattern'), quantifier).map(([inner, times]) => `(?:${inner})${times}`),
  ),
  pattern: fc
    .tuple(fc.array(tie('atom'), { minLength: 1, maxLength: 3 }), fc.constantFrom('', '|'))
    .map(([atoms, between]) => atoms.join(between))
    .filter((one) => one.split('(?<n>').length < 3),
}));

describe('a pattern', () => {
  it('matches what it matches in ECMA-262', () => {
    fc.assert(
      fc.property(pattern, fc.array(character, { maxLength: 6 }), (one, characters) => {
        const text = characters.join('');
        // V8 looks for an empty match between the two halves of a character as well, where ECMA-262 has no position.
        fc.pre(!one.includes('\\B') || /^[\0-\uffff]*$/u.test(text));
        expect(compilePattern(one).test(text)).toBe(new RegExp(one, 'u').test(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['^\\s$', '\ufeff'],
    ['^\\s$', '\u00a0'],
    ['^\\S$', '\u0085'],
    ['^[^\\s]$', '\u200b'],
    ['^\\p{Letter}+$', 'żółć'],
    ['^\\P{Letter}+$', '12'],
    ['^\\p{Script_Extensions=Greek}\\p{Emoji}$', 'α😀'],
    ['^[\\s\\S]{0}$', ''],
    ['^.{1,2000}$', 'a'.repeat(2_000)],
    ['^(?:[a-z]{1,63}\\.){1,32}$', 'ab.'.repeat(32)],
    ['^(?:a{1000}b{0,1000}){1,2}$', 'a'.repeat(2_000)],
    ['^a{1500,}$', 'a'.repeat(1_501)],
    ['^(?i:ab)c$', 'ABc'],
    ['^(?<year>\\d{4})$', '2031'],
    ['^[\\w-.]+$', 'a-b.c'],
    ['^a{,2}]$', 'a{,2}]'],
  ])('%s matches %j', (one, text) => {
    expect(compilePattern(one).test(text)).toBe(true);
  });

  it.each([
    ['^.$', '\u2028'],
    ['^\\d$', '٣'],
    ['a$', 'a\n'],
    ['^.{1,2000}$', 'a'.repeat(2_001)],
    ['^(?:[a-z]{1,63}\\.){1,32}$', 'ab.'.repeat(33)],
    ['^a{1500,}$', 'a'.repeat(1_499)],
    ['[]', 'a'],
    ['\\B', 'a😀a'],
  ])('%s does not match %j', (one, text) => {
    expect(compilePattern(one).test(text)).toBe(false);
  });

  it.each([
    ['(?=a)a', 'lookaround'],
    ['(?<!a)b', 'lookaround'],
    ['(a)\\1', 'backreference'],
    ['(?<n>a)\\k<n>', 'backreference'],
    ['[', 'not valid in ECMA-262'],
    ['(?i)a', 'not valid in ECMA-262'],
    ['a{10001}', 'more than 10000 times'],
    ['(?:(?:(?:a{1000}){1000}){1000}){1000}', 'too large'],
    ['('.repeat(500_000), ''],
  ])('%# is refused with the reason', (one, reason) => {
    expect(() => compilePattern(one)).toThrow(/^uses the pattern ".*RE2 has no lookaround and no backreferences$/s);
    expect(() => compilePattern(one)).toThrow(reason);
  });
});
