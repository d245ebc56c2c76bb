/** A summary that consists of whole sentences of the text. */
export interface Summary {
  readonly summary: string;
  /** Number of sentences in the summary and in the text. */
  readonly sentences: number;
  readonly of: number;
}

/** Later sentences count less, because authors begin with what matters, but never less than this share. */
const LEAST_FOR_PLACE = 0.6;
/** Words of one and two letters are mostly grammar. */
const SHORTEST_WORD = 3;
/** A sentence is worth nothing when a chosen one already says more than this share of it. */
const SAID_BEFORE = 0.7;
/** A word in more than this share of the sentences says nothing about any of them. */
const COMMON = 0.5;
const MANY = 6;
/** A word that occurs once is hardly the topic of the text. */
const ONCE = 0.25;

/**
 * The sentences that best cover the topic of the text, in its order. A sentence is worth the weight of its words; the
 * weight of a word is how often the text uses it.
 */
export function summarize(text: string, wanted: number): Summary {
  const sentences = sentencesOf(text).map((sentence, at, all) => {
    const words = wordsOf(sentence);
    return { sentence, at, words, place: placeOf(at, all.length) };
  });
  const weights = weightsOf(sentences.map(({ words }) => words));
  const said = new Set<string>();
  const left = new Set(sentences);
  const chosen: typeof sentences = [];
  while (chosen.length < wanted) {
    let best: { readonly one: (typeof sentences)[number]; readonly worth: number } | undefined;
    for (const one of left) {
      const worth = worthOf(one.words, weights, said) * one.place;
      if (best === undefined || worth > best.worth) best = { one, worth };
    }
    if (best === undefined) break;
    chosen.push(best.one);
    left.delete(best.one);
    for (const word of best.one.words) said.add(word);
  }
  const inOrder = chosen.sort((a, b) => a.at - b.at).map(({ sentence }) => sentence);
  return { summary: inOrder.join(' '), sentences: inOrder.length, of: sentences.length };
}

/** A heading or a list item, on a separate line between empty lines, is also a sentence. */
function sentencesOf(text: string): readonly string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  return text
    .split(/\n\s*\n/)
    .flatMap((paragraph) => [...segmenter.segment(paragraph.replace(/\s+/g, ' '))])
    .map(({ segment }) => segment.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

function wordsOf(sentence: string): readonly string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(sentence.toLowerCase())]
    .filter(({ isWordLike, segment }) => isWordLike && segment.length >= SHORTEST_WORD)
    .map(({ segment }) => segment);
}

function weightsOf(sentences: readonly (readonly string[])[]): Map<string, number> {
  const used = new Map<string, number>();
  const within = new Map<string, number>();
  for (const words of sentences) {
    for (const word of words) used.set(word, (used.get(word) ?? 0) + 1);
    for (const word of new Set(words)) within.set(word, (within.get(word) ?? 0) + 1);
  }
  for (const [word, count] of within) {
    if (sentences.length >= MANY && count > sentences.length * COMMON) used.set(word, 0);
    else if (used.get(word) === 1) used.set(word, ONCE);
  }
  return used;
}

function worthOf(words: readonly string[], weights: ReadonlyMap<string, number>, said: ReadonlySet<string>): number {
  if (words.length === 0 || words.filter((word) => said.has(word)).length > words.length * SAID_BEFORE) return 0;
  const sum = words.reduce((total, word) => total + (weights.get(word) ?? 0), 0);
  // Square root: long sentences say more, but not in proportion to their length.
  return sum / Math.sqrt(words.length);
}

function placeOf(i: number, count: number): number {
  return 1 - (1 - LEAST_FOR_PLACE) * (i / Math.max(1, count - 1));
}
