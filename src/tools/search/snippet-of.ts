const MOST_CHARACTERS = 240;

/** The lines around the place where most of the words stand, as one line. */
export function snippetOf(text: string, words: readonly string[]): string {
  const lines = text.split('\n').map((line) => line.trim());
  const counts = lines.map((line) => {
    const lower = line.toLowerCase();
    return words.filter((word) => lower.includes(word)).length;
  });
  const best = counts.reduce((top, count, at) => (count > (counts[top] ?? 0) ? at : top), 0);
  const part = lines
    .slice(best, best + 4)
    .filter(Boolean)
    .join(' ');
  return part.length > MOST_CHARACTERS ? `${part.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…` : part;
}
