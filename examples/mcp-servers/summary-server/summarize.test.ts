import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from './summarize.ts';

const TEXT = `A signal box is the building from which a railway junction is worked. The weather was fine that day.
Its interlocking makes unsafe routes at the junction impossible. Somebody had left a cup of tea on the shelf.
The signals of the junction tell every train whether its route is set. Lunch was at noon.`;

describe('summarize', () => {
  it('keeps the sentences that cover the topic, in their order', () => {
    expect(summarize(TEXT, 3)).toEqual({
      summary:
        'A signal box is the building from which a railway junction is worked. ' +
        'Its interlocking makes unsafe routes at the junction impossible. ' +
        'The signals of the junction tell every train whether its route is set.',
      sentences: 3,
      of: 6,
    });
  });

  it('does not say the same thing twice', () => {
    const { summary } = summarize('Trains run on rails. Trains run on rails! The station sells coffee.', 2);
    expect(summary).toBe('Trains run on rails. The station sells coffee.');
  });

  it('works without blanks between words, and with other alphabets', () => {
    const japanese = summarize('東京駅は鉄道の駅です。天気は良いです。鉄道の駅には多くの鉄道が集まります。', 2);
    expect(japanese).toMatchObject({ sentences: 2, of: 3 });
    const polish = summarize('Żółw czyta książkę. Książka jest o żółwiach i książkach. Pada deszcz.', 1);
    expect(polish.of).toBe(3);
  });

  it('treats headings and list items as sentences, and finds no sentences in an empty text', () => {
    expect(summarize('Title\n\nFirst sentence. Second one.', 9)).toMatchObject({ sentences: 3, of: 3 });
    expect(summarize(' \n ... \n', 3)).toEqual({ summary: '', sentences: 0, of: 0 });
  });

  it('adds nothing to the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 1, max: 5 }), (text, wanted) => {
        const { summary, sentences, of } = summarize(text, wanted);
        expect(sentences).toBe(Math.min(wanted, of));
        const blanks = (s: string) => s.replace(/\s+/g, '');
        // Each piece occurs in the text; only the text between the pieces is omitted.
        let from = 0;
        for (const char of blanks(summary)) {
          from = blanks(text).indexOf(char, from);
          expect(from).toBeGreaterThanOrEqual(0);
          from += char.length;
        }
      }),
      { numRuns: 200 },
    );
  });
});
