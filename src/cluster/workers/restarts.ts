/** Processes with the same id that are remembered; the one that was silent for longest is forgotten. */
const MAX_PROCESSES = 16;

/** One of the processes of a worker, which says in each packet which of them it is. */
export interface WorkerProcess {
  readonly id: string;
  /** When it was first heard, and last. */
  readonly since: number;
  heardAt: number;
}

/** @param processes of one worker; the one that was silent for longest comes first */
export function hearProcess(processes: WorkerProcess[], id: string, now: number): void {
  const at = processes.findIndex((known) => known.id === id);
  const [known] = at === -1 ? [] : processes.splice(at, 1);
  processes.push({ id, since: known?.since ?? now, heardAt: now });
  if (processes.length > MAX_PROCESSES) processes.shift();
}

/**
 * Forgets the processes that `isGone` says are silent for too long, by when they were last heard. They are gone, although the worker
 * is alive.
 * @returns if one was: when the first of the others was first heard. Jobs that were sent before are with none of them
 */
export function forgetProcesses(processes: WorkerProcess[], isGone: (heardAt: number) => boolean): number | undefined {
  const gone = processes.filter(({ heardAt }) => isGone(heardAt)).length;
  if (gone === 0) return undefined;
  processes.splice(0, gone);
  return processes.length === 0 ? undefined : Math.min(...processes.map(({ since }) => since));
}
