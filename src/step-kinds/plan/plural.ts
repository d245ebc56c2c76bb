/** Words with an irregular plural. */
const IRREGULAR: Readonly<Record<string, string>> = {
  alias: 'aliases',
  atlas: 'atlases',
  bias: 'biases',
  cache: 'caches',
  canvas: 'canvases',
  child: 'children',
  criterion: 'criteria',
  datum: 'data',
  foot: 'feet',
  gas: 'gases',
  goose: 'geese',
  half: 'halves',
  hero: 'heroes',
  index: 'indexes',
  knife: 'knives',
  leaf: 'leaves',
  lens: 'lenses',
  life: 'lives',
  loaf: 'loaves',
  man: 'men',
  mouse: 'mice',
  niche: 'niches',
  ox: 'oxen',
  person: 'people',
  potato: 'potatoes',
  quiz: 'quizzes',
  shelf: 'shelves',
  thief: 'thieves',
  tomato: 'tomatoes',
  tooth: 'teeth',
  wife: 'wives',
  wolf: 'wolves',
  woman: 'women',
};

/** Words whose plural is the same as the singular. */
const INVARIANT = new Set([
  'aircraft',
  'deer',
  'equipment',
  'feedback',
  'fish',
  'furniture',
  'hardware',
  'information',
  'inventory',
  'media',
  'money',
  'news',
  'series',
  'sheep',
  'software',
  'species',
  'staff',
  'traffic',
  'weather',
]);

const SINGULAR = new Map(Object.entries(IRREGULAR).map(([one, many]) => [many, one]));

/** English plural of a word in lower case; of several words joined by `_`, that of the last. */
export function pluralOf(words: string): string {
  const at = words.lastIndexOf('_') + 1;
  return words.slice(0, at) + pluralOfWord(words.slice(at));
}

function pluralOfWord(word: string): string {
  if (INVARIANT.has(word)) return word;
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  if (irregular !== undefined) return irregular;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/[^aeiou]is$/.test(word)) return `${word.slice(0, -2)}es`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** Singular of a plural; any other word unchanged. */
export function singularOf(words: string): string {
  const at = words.lastIndexOf('_') + 1;
  return words.slice(0, at) + singularOfWord(words.slice(at));
}

function singularOfWord(word: string): string {
  const irregular = SINGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (INVARIANT.has(word) || Object.hasOwn(IRREGULAR, word) || !/[^siu]s$/.test(word)) return word;
  const one = /[^aeiou]ies$/.test(word)
    ? `${word.slice(0, -3)}y`
    : word.replace(/(?<=ss|[^aeo]us|x|zz|ch|sh)es$/, '').replace(/(?<![su])s$/, '');
  return pluralOfWord(one) === word ? one : word;
}
