/** Words of a title that say nothing about the stack. */
const FILLERS: ReadonlySet<string> = new Set(['a', 'an', 'and', 'by', 'in', 'on', 'only', 'the', 'with']);

/**
 * The stack that a description in words means, such as `FastAPI + SQLAlchemy + Postgres`: all words of its name or of its
 * title occur in the description. Of several, the one with the most words; undefined when none, or more than one, fits best.
 */
export function chooseStack(
  description: string,
  stacks: readonly { readonly name: string; readonly title: string }[],
): string | undefined {
  const words = wordsOf(description);
  const fits = stacks
    .flatMap(({ name, title }) => [name, title].map((text) => ({ name, needed: wordsOf(text) })))
    .filter(({ needed }) => needed.size > 0 && needed.isSubsetOf(words));
  const most = Math.max(...fits.map(({ needed }) => needed.size));
  const [best, ...others] = new Set(fits.filter(({ needed }) => needed.size === most).map(({ name }) => name));
  return others.length === 0 ? best : undefined;
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !FILLERS.has(word)));
}
