import { useCallback, useRef, useSyncExternalStore } from 'react';
import { type Live, type LiveClient, LOADING, listen, liveOf, type Source } from './live-store.ts';

/** The data of a source, or a part of it. Renders again only when that part, the error or the interruption has changed. */
export function useLive<T, Part = T>(
  client: LiveClient,
  key: readonly unknown[],
  source: Source<T>,
  select?: (data: T) => Part,
): Live<Part> {
  const id = JSON.stringify(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: sources of equal keys do the same
  const subscribe = useCallback((listener: () => void) => listen(client, id, source, listener), [client, id]);
  const last = useRef<Live<Part>>(LOADING);
  const read = () => {
    const live = liveOf<T>(client, id);
    const data = live.data !== undefined && select ? select(live.data) : (live.data as Part | undefined);
    const next = { ...live, data: isSame(last.current.data, data) ? last.current.data : data };
    last.current = isSame(last.current, next) ? last.current : next;
    return last.current;
  };
  return useSyncExternalStore(subscribe, read, () => LOADING);
}

/** Whether two values are the same, or lists or plain objects of the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isCollection(a) || !isCollection(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

function isCollection(value: unknown): value is Readonly<Record<string, unknown>> {
  const type = value?.constructor;
  return type === Array || type === Object;
}
