import { useSyncExternalStore } from 'react';

const KEY = 'signalbox.started';
/** That one subscription of the server follows; the oldest are forgotten. */
const MAX_RUNS = 100;

interface StartedRun {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
}

const listeners = new Set<() => void>();
let runs = load() ?? [];

/** Undefined where storage is forbidden. */
function load(): readonly StartedRun[] | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? (stored as StartedRun[]).slice(-MAX_RUNS) : [];
  } catch {
    return undefined;
  }
}

function set(next: readonly StartedRun[]): void {
  runs = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // They are known to this page then.
  }
  for (const listener of listeners) listener();
}

/** Other tabs start runs, and take them. */
function onStorage({ key }: StorageEvent): void {
  if (key !== null && key !== KEY) return;
  runs = load() ?? runs;
  for (const listener of listeners) listener();
}

/** Runs that were started in this browser and whose end nobody has seen. They outlive a reload. */
export const startedRuns = {
  add(run: StartedRun): void {
    const others = (load() ?? runs).filter(({ id }) => id !== run.id);
    set([...others, run].slice(-MAX_RUNS));
  },
  /** Removes a run, and returns its name; undefined if another tab has removed it. */
  take(id: string): string | undefined {
    const now = load() ?? runs;
    set(now.filter((run) => run.id !== id));
    return now.find((run) => run.id === id)?.name;
  },
  clear: (): void => set([]),
};

export function useStartedRuns(): readonly StartedRun[] {
  return useSyncExternalStore(
    (listener) => {
      if (listeners.size === 0) window.addEventListener('storage', onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener('storage', onStorage);
      };
    },
    () => runs,
  );
}
