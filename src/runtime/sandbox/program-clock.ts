import { availableParallelism } from 'node:os';
import type { ThreadTimes } from './process-tree.ts';

/** Times of the threads of a program, by id; undefined as long as it has not begun. */
export type ReadTimes = () => ReadonlyMap<string, ThreadTimes> | undefined;

const MIN_INTERVAL_MS = 20;
const MAX_INTERVAL_MS = 500;
/** For a program that does not begin, or gets no processor at all. */
const ELAPSED_FACTOR = 10;
const MIN_ELAPSED_MS = 60_000;

/**
 * Calls back once when the program has run for this long. Its time begins with its first instruction, or with this call.
 * Sleeping counts; waiting for a processor does not, because that is the load of the machine. The CPU time of all its
 * processes counts if it is more.
 * @returns ends the limit
 */
export function limitTime(read: ReadTimes, ms: number, onExceeded: () => void): () => void {
  const calledAt = performance.now();
  const ran = createRunTime();
  let timer: NodeJS.Timeout;
  const check = () => {
    const now = performance.now();
    const times = read();
    const ranMs = times ? ran(now, times) : 0;
    if (ranMs >= ms || now - calledAt > ms * ELAPSED_FACTOR + MIN_ELAPSED_MS) return onExceeded();
    const leastMs = (ms - ranMs) / availableParallelism();
    timer = setTimeout(check, Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, leastMs)));
  };
  check();
  return () => clearTimeout(timer);
}

/** Measures from the first call. */
function createRunTime() {
  let last: { readonly at: number; readonly times: ReadonlyMap<string, ThreadTimes> } | undefined;
  let cpuMs = 0;
  /** May fall: the kernel reports a wait when it is over. */
  let wallMs = 0;
  return (at: number, times: ReadonlyMap<string, ThreadTimes>): number => {
    let waitMs = 0;
    for (const [id, thread] of last ? times : []) {
      const before = last?.times.get(id);
      cpuMs += Math.max(0, thread.cpuMs - (before?.cpuMs ?? 0));
      waitMs = Math.max(waitMs, thread.waitMs - (before?.waitMs ?? 0));
    }
    wallMs += at - (last?.at ?? at) - waitMs;
    last = { at, times };
    return Math.max(cpuMs, wallMs);
  };
}
