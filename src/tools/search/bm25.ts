/** The words of a text for an index: lower case, letters and digits, with camelCase and snake_case split. */
export function tokenize(text: string): readonly string[] {
  const words = text.normalize('NFKC').replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return words.toLowerCase().match(/[\p{L}\p{N}]{2,40}/gu) ?? [];
}

/** Finds documents by their words. */
export interface WordIndex {
  readonly size: number;
  /** @returns the numbers of documents that contain at least one of the words, best match first */
  rank(words: readonly string[], limit: number): readonly number[];
}

/** BM25's k1 (how quickly repeated words stop adding to the score) and b (penalty of long documents): the usual values. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/** Okapi BM25 (Robertson and Zaragoza, 2009), in memory. @param documents words of each document, in order */
export function createBm25Index(documents: readonly (readonly string[])[]): WordIndex {
  /** Word → pairs of a document's number and how often it contains the word. */
  const postings = new Map<string, number[]>();
  documents.forEach((words, document) => {
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const list = postings.get(word);
      if (list) list.push(document, count);
      else postings.set(word, [document, count]);
    }
  });
  const lengths = documents.map((words) => words.length);
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);

  return {
    size: documents.length,
    rank(words, limit) {
      const scores = new Map<number, number>();
      for (const word of new Set(words)) {
        const list = postings.get(word) ?? [];
        const matches = list.length / 2;
        const rarity = Math.log(1 + (documents.length - matches + 0.5) / (matches + 0.5));
        for (let at = 0; at < list.length; at += 2) {
          const [document = 0, count = 0] = list.slice(at, at + 2);
          const length = (lengths[document] ?? 0) / Math.max(1, average);
          const saturation = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length);
          const score = (rarity * count * (SATURATION + 1)) / (count + saturation);
          scores.set(document, (scores.get(document) ?? 0) + score);
        }
      }
      const ranked = [...scores].sort(([a, one], [b, other]) => other - one || a - b);
      return ranked.slice(0, limit).map(([document]) => document);
    },
  };
}
