/** What differs at one place of two JSON values. A value that does not exist there is undefined. */
export interface Change {
  /** `source.uri`, `rows[3]`; empty for the whole value. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Where two JSON values differ, in the order of the first: the deepest places, of which at most `limit`. */
export function changesOf(a: unknown, b: unknown, limit = 200): readonly Change[] {
  const changes: Change[] = [];
  const visit = (path: string, one: unknown, other: unknown): void => {
    if (changes.length >= limit || Object.is(one, other)) return;
    if (Array.isArray(one) && Array.isArray(other)) {
      for (let index = 0; index < Math.max(one.length, other.length); index += 1)
        visit(`${path}[${index}]`, one[index], other[index]);
    } else if (isObject(one) && isObject(other)) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
        visit(path === '' ? key : `${path}.${key}`, one[key], other[key]);
    } else changes.push({ path, a: one, b: other });
  };
  visit('', a, b);
  return changes;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
