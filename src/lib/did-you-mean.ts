/** ` Did you mean X?` with the most similar name; empty when no name is similar. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const longer = [...names].find(
    (other) => name.length > 2 && other.toLowerCase().startsWith(`${name.toLowerCase()}_`),
  );
  if (longer !== undefined) return ` Did you mean ${longer}?`;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const other of names) {
    // The difference in length is a lower bound of the distance.
    if (name.length > 64 || Math.abs(name.length - other.length) >= bestDistance) continue;
    const distance = distanceOf(name.toLowerCase(), other.toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = other;
    }
  }
  return best === undefined ? '' : ` Did you mean ${best}?`;
}

/** Number of insertions, deletions, replacements and swaps of neighbors (optimal string alignment distance). */
function distanceOf(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
