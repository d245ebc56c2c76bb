import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

/** How a part of the state is written in the URL. */
interface Param<T> {
  read(values: readonly string[]): T;
  write(value: T): readonly string[];
}

export const text: Param<string> = { read: ([value]) => value ?? '', write: (value) => (value === '' ? [] : [value]) };

export const list: Param<readonly string[]> = { read: (values) => values, write: (values) => values };

/** One of several words; the first is the default, and is not written. Other words in a URL count as the default. */
export function choice<const T extends string>(...words: readonly [T, ...T[]]): Param<T> {
  const [byDefault] = words;
  return {
    read: ([value]) => words.find((word) => word === value) ?? byDefault,
    write: (value) => (value === byDefault ? [] : [value]),
  };
}

type Params = Readonly<Record<string, Param<unknown>>>;
type Values<P extends Params> = { readonly [Name in keyof P]: P[Name] extends Param<infer T> ? T : never };

/**
 * State that is in the URL, so that back, reload and a copied link have it. `set` changes some of it; `push` makes a step of the history, for
 * what somebody would want to go back from.
 */
export function useUrlState<P extends Params>(
  params: P,
): readonly [Values<P>, (changes: Partial<Values<P>>, options?: { readonly push?: boolean }) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const values = useMemo(() => {
    const query = new URLSearchParams(search);
    return Object.fromEntries(
      Object.entries(params).map(([name, param]) => [name, param.read(query.getAll(name))]),
    ) as Values<P>;
  }, [search, params]);
  const set = (changes: Partial<Values<P>>, { push = false } = {}) => {
    // Of now: two changes in one event handler must not lose the first.
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name);
      for (const part of params[name]?.write(value) ?? []) query.append(name, part);
    }
    const next = query.size > 0 ? `${path}?${query}` : path;
    navigate(next + window.location.hash, { replace: !push });
  };
  return [values, set];
}
