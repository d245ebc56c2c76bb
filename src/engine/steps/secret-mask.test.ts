import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretForms } from './secret-forms.ts';
import { createMaskStream, maskSecrets } from './secret-mask.ts';

/** Few characters, so that secrets overlap, repeat, and begin alike. */
const secret = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é'), minLength: 6, maxLength: 14 });
const secrets = fc.array(secret, { minLength: 1, maxLength: 3 });

const streamed = (pieces: readonly string[], forms: readonly string[]) => {
  const stream = createMaskStream(() => forms);
  return [...pieces.map(stream.push), stream.end()];
};
const cutAt = (text: string, cuts: readonly number[]) => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => text.slice(places[i], end));
};
/** A text with secrets and their forms in it. */
const texts = (known: readonly string[]) => {
  const parts = fc.constantFrom(...known.flatMap((each) => secretForms(each)), 'a', 'b', 'ab', 'word ', '…', '"', '');
  return fc.array(parts, { maxLength: 8 }).map((all) => all.join(''));
};

describe('secrets in a text that arrives in pieces', () => {
  it('are hidden at every cut', () => {
    const known = 'tok-3fA9/xÉ+q2';
    for (const form of secretForms(known)) {
      const text = `before ${form} after`;
      for (let cut = 0; cut <= text.length; cut += 1) {
        const shown = streamed([text.slice(0, cut), text.slice(cut)], secretForms(known));
        expect([cut, shown.join('')]).toEqual([cut, 'before [secret] after']);
      }
    }
  });

  it('are hidden in any text with any cuts, as in the whole text', () => {
    const cases = secrets.chain((known) => {
      return fc.tuple(fc.constant(known), texts(known), fc.array(fc.nat(200), { maxLength: 6 }));
    });
    fc.assert(
      fc.property(cases, ([known, text, cuts]) => {
        const forms = known.flatMap((each) => secretForms(each));
        const shown = streamed(cutAt(text, cuts), forms).join('');
        expect(known.filter((each) => shown.includes(each))).toEqual([]);
        // A beginning at the end of the text is hidden too, so the whole text is taken as one that was cut.
        expect(shown).toBe(maskSecrets(`${text}…`, forms).slice(0, -1));
      }),
      { numRuns: 2_000 },
    );
  });

  it('let the rest through without delay', () => {
    expect(streamed(['one ', 'two ', 'three'], ['secret'])).toEqual(['one ', 'two ', 'three', '']);
    expect(streamed(['the s', 'un'], ['secret'])).toEqual(['the ', 'sun', '']);
  });

  it('are hidden from when they are known', () => {
    const forms: string[] = [];
    const stream = createMaskStream(() => forms);
    expect(stream.push('secret ')).toBe('secret ');
    forms.push('secret');
    expect(stream.push('sec')).toBe('');
    expect(stream.push('ret')).toBe('[secret]');
  });

  it('are hidden when the text ends within one, and in one that was cut', () => {
    expect(streamed(['it is password', '123'], ['password123456']).join('')).toBe('it is [secret]');
    expect(maskSecrets('it is password123…', ['password123456'])).toBe('it is [secret]…');
    expect(maskSecrets('it is password123', ['password123456'])).toBe('it is password123');
  });
});

it('hides forms that overlap', () => {
  expect(maskSecrets('-1234567890-', ['1234567', '567890'])).toBe('-[secret]-');
});
