import { useLocation } from 'wouter';

const KEY = 'signalbox.list';

/** Remembers the list from which a run may be opened. Each tab has one, and a reload keeps it. */
export function rememberList(runs: readonly string[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(runs));
  } catch {
    // Storage may be forbidden. Runs have no neighbors then.
  }
}

function rememberedList(): readonly string[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as readonly string[];
  } catch {
    return [];
  }
}

/** Leads to the runs above and below in the list that was shown last. Undefined for a run that it did not have. */
export function useNeighbors(id: string) {
  const [, navigate] = useLocation();
  const runs = rememberedList();
  const index = runs.indexOf(id);
  if (index < 0) return undefined;
  const to = (run: string | undefined) => (run === undefined ? undefined : () => navigate(`/runs/${run}`));
  return { position: index + 1, count: runs.length, previous: to(runs[index - 1]), next: to(runs[index + 1]) };
}
