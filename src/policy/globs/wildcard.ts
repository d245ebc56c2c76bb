/**
 * Greedy matching with two pointers: on a mismatch the last star matches one more item; earlier stars are never revisited.
 * Takes at most pattern × text steps, because there is no backtracking.
 * Works on labels, segments and characters.
 */
export function matchWildcards<P, T>(
  pattern: ArrayLike<P>,
  text: ArrayLike<T>,
  isStar: (item: P) => boolean,
  same: (item: P, other: T) => boolean,
): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let taken = 0;
  while (t < text.length) {
    const item = pattern[p] as P;
    if (p < pattern.length && isStar(item)) {
      star = p;
      taken = t;
      p += 1;
    } else if (p < pattern.length && same(item, text[t] as T)) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      taken += 1;
      p = star + 1;
      t = taken;
    } else {
      return false;
    }
  }
  while (p < pattern.length && isStar(pattern[p] as P)) p += 1;
  return p === pattern.length;
}

/** True when the text matches a pattern in which `*` matches any characters, including none. */
export function matchStars(pattern: string, text: string): boolean {
  return matchWildcards(pattern, text, isStar, isSame);
}

const isStar = (character: string) => character === '*';
const isSame = (character: string, other: string) => character === other;
