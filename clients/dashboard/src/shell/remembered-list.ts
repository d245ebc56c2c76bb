import { useEffect } from 'react';

const KEY = 'signalbox.list';
const SEPARATOR = ' ';

/** Remembers the paths of the pages that a list leads to. Each tab of the browser has one list, and a reload keeps it. */
export function useRememberedList(paths: readonly string[]): void {
  const text = paths.join(SEPARATOR);
  useEffect(() => {
    try {
      sessionStorage.setItem(KEY, text);
    } catch {
      // Storage may be forbidden. Pages have no neighbors then.
    }
  }, [text]);
}

/** The list that was shown last. */
export function rememberedList(): readonly string[] {
  try {
    return (sessionStorage.getItem(KEY) ?? '').split(SEPARATOR);
  } catch {
    return [];
  }
}
