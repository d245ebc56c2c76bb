/** Key → keys of the steps it depends on. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * One cycle for each group of steps that wait for each other, as `a → b → a`: a needs b, b needs a. Empty when there is
 * an order.
 */
export function findCycles(steps: Dependencies): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of steps.keys()) {
    if (state.has(start)) continue;
    // With a stack of its own, because a chain may have a thousand steps.
    const path: { readonly key: string; next: number }[] = [{ key: start, next: 0 }];
    state.set(start, 'open');
    while (path.length > 0) {
      const top = path.at(-1) as { readonly key: string; next: number };
      const needed = steps.get(top.key)?.[top.next];
      top.next += 1;
      if (needed === undefined) {
        state.set(top.key, 'done');
        path.pop();
      } else if (!state.has(needed)) {
        state.set(needed, 'open');
        path.push({ key: needed, next: 0 });
      } else if (state.get(needed) === 'open') {
        const keys = path.map(({ key }) => key);
        cycles.push([...keys.slice(keys.indexOf(needed)), needed]);
      }
    }
  }
  return cycles;
}

/** All that must be done before the step, directly or not. Without the step itself, unless it waits for itself. */
export function ancestorsOf(key: string, steps: Dependencies): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...(steps.get(key) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(steps.get(next) ?? []));
  }
  return found;
}

/** The steps that are done again when `from` is done again to mend `to`: both, and what lies between. */
export function stepsBetween(from: string, to: string, steps: Dependencies): ReadonlySet<string> {
  const before = ancestorsOf(to, steps);
  const needing = new Map<string, string[]>();
  for (const key of [...before, to]) {
    for (const needed of steps.get(key) ?? []) {
      const list = needing.get(needed);
      if (list) list.push(key);
      else needing.set(needed, [key]);
    }
  }
  const path = new Set([from, to]);
  const waiting = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const key of needing.get(next) ?? []) {
      if (path.has(key)) continue;
      path.add(key);
      waiting.push(key);
    }
  }
  return path;
}
