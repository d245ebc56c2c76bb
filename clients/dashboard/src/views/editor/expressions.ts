/** Keys of a step that hold an expression without braces. */
const BARE = ['when', 'for_each'];

/** The expression of a step that refers to another step, with its place. It is the reason of a dependency. */
export function expressionThatNeeds(step: unknown, other: string): string | undefined {
  for (const [path, text] of textsOf(step, [])) {
    const isBare = path.length === 1 && BARE.includes(path[0] ?? '');
    const expressions = isBare ? [text] : (text.match(/\{\{[\s\S]*?\}\}/g) ?? []);
    const expression = expressions.find((one) => refersTo(one, other));
    if (expression !== undefined) return `${expression} in ${path.join('.')}`;
  }
  return undefined;
}

function refersTo(expression: string, step: string): boolean {
  const names = expression.matchAll(/\bsteps\s*(?:\.\s*([A-Za-z][\w-]*)|\[\s*["']([^"']+)["']\s*\])/g);
  return [...names].some(([, dotted, quoted]) => (dotted ?? quoted) === step);
}

/** All texts of a value, with the keys that lead to them. */
function textsOf(value: unknown, path: readonly string[]): readonly (readonly [readonly string[], string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsOf(member, [...path, key]));
}
