/** Processes with the same id that are remembered; the one that was silent for longest is forgotten. */
const MAX_PROCESSES = 16;

/**
 * The processes of one worker, which say in each packet which of them sends it. One that is silent while another one has come in its
 * place is gone, although the worker is alive.
 */
export interface Restarts {
  heard(processId: string, now: number): void;
  /**
   * Forgets the processes that `isGone` says are silent for too long, by when they were last heard.
   * @returns if one was: when the first of the others was first heard. Jobs that were sent before are with none of them
   */
  sweep(isGone: (heardAt: number) => boolean): number | undefined;
  clear(): void;
}

export function createRestarts(): Restarts {
  /** The one that was silent for longest comes first. */
  const processes = new Map<string, { readonly since: number; heardAt: number }>();
  return {
    heard(processId, now) {
      const since = processes.get(processId)?.since ?? now;
      processes.delete(processId);
      processes.set(processId, { since, heardAt: now });
      const [oldest] = processes.keys();
      if (processes.size > MAX_PROCESSES && oldest !== undefined) processes.delete(oldest);
    },
    sweep(isGone) {
      const before = processes.size;
      for (const [processId, { heardAt }] of processes) if (isGone(heardAt)) processes.delete(processId);
      if (processes.size === before || processes.size === 0) return undefined;
      return Math.min(...[...processes.values()].map(({ since }) => since));
    },
    clear: () => processes.clear(),
  };
}
