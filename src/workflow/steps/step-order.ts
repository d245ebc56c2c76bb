/** Key → keys of the steps it depends on. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * One cycle for each group of steps that depend on each other, as `a → b → a`: a needs b, b needs a. Empty when the steps
 * can be ordered.
 */
export function findCycles(steps: Dependencies): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of steps.keys()) {
    if (state.has(start)) continue;
    // Iterative, because a chain may have a thousand steps.
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

/** All direct and indirect dependencies of the step. Contains the step itself only if it depends on itself. */
export function ancestorsOf(key: string, steps: Dependencies): ReadonlySet<string> {
  const ancestors = new Set<string>();
  const pending = [...(steps.get(key) ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (ancestors.has(next)) continue;
    ancestors.add(next);
    pending.push(...(steps.get(next) ?? []));
  }
  return ancestors;
}

/** The steps that run again when `from` runs again to repair `to`: both, and those between them. */
export function stepsBetween(from: string, to: string, steps: Dependencies): ReadonlySet<string> {
  const before = ancestorsOf(to, steps);
  const dependents = new Map<string, string[]>();
  for (const key of [...before, to]) {
    for (const needed of steps.get(key) ?? []) {
      const list = dependents.get(needed);
      if (list) list.push(key);
      else dependents.set(needed, [key]);
    }
  }
  const path = new Set([from, to]);
  const pending = [from];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const key of dependents.get(next) ?? []) {
      if (path.has(key)) continue;
      path.add(key);
      pending.push(key);
    }
  }
  return path;
}
