import { type Costs, MAX_GROUP } from './model.ts';

/** Threads or servers, each of which does one thing after the other. */
export interface Stations {
  /** Must be called in the order of time. @returns when work that arrives now is done */
  serve(station: number, now: number, ms: number): number;
  /** Of each, the share of the time from `since` until now in which it was busy. */
  utilization(since: number, now: number): readonly number[];
  /** Forgets what they did until now. */
  reset(): void;
}

/** @param taken the share of its time that each spends on something else */
export function createStations(count: number, taken: number): Stations {
  const freeAt = new Float64Array(count);
  const busy = new Float64Array(count);
  return {
    serve(station, now, ms) {
      busy[station] = (busy[station] as number) + ms;
      freeAt[station] = Math.max(now, freeAt[station] as number) + ms / (1 - taken);
      return freeAt[station] as number;
    },
    utilization: (since, now) => [...busy].map((ms) => taken + ms / (now - since)),
    reset: () => void busy.fill(0),
  };
}

/**
 * The databases of the cells. The lock of a journal goes from node to node of the cell; each commits what waits in its queue. Appends of
 * different nodes never share a commit.
 */
export interface Databases {
  /** @returns when the commit ends that begins with it; undefined when it waits */
  append(node: number, now: number, job: number): number | undefined;
  /** The commit of the cell ends. @returns its appends, and when the next commit ends if one begins */
  commit(cell: number, now: number): { readonly jobs: readonly number[]; readonly nextAt: number | undefined };
  /** Begins no commit until then. */
  stop(cell: number, until: number): void;
  /** The node is dead. @returns the appends that waited in it */
  removeNode(node: number): readonly number[];
  /** Since the last reset: the mean number of appends in a commit, by cell. */
  groupSizes(): readonly number[];
  reset(): void;
}

export function createDatabases(
  { cells, nodesPerCell }: { readonly cells: number; readonly nodesPerCell: number },
  { commitMs, appendMs }: Pick<Costs, 'commitMs' | 'appendMs'>,
): Databases {
  const queues: number[][] = Array.from({ length: cells * nodesPerCell }, () => []);
  const groups: (number[] | undefined)[] = Array.from({ length: cells }, () => undefined);
  /** The nodes that wait for the lock of each journal, in order. */
  const lines: number[][] = Array.from({ length: cells }, () => []);
  const stoppedUntil = new Float64Array(cells);
  const commits = new Float64Array(cells);
  const appends = new Float64Array(cells);

  const begin = (cell: number, now: number): number | undefined => {
    const line = lines[cell] as number[];
    const node = line.shift();
    if (node === undefined) return undefined;
    const queue = queues[node] as number[];
    const group = queue.splice(0, MAX_GROUP);
    if (queue.length > 0) line.push(node);
    groups[cell] = group;
    commits[cell] = (commits[cell] as number) + 1;
    appends[cell] = (appends[cell] as number) + group.length;
    return Math.max(now, stoppedUntil[cell] as number) + commitMs + appendMs * group.length;
  };
  return {
    append(node, now, job) {
      const cell = Math.floor(node / nodesPerCell);
      if ((queues[node] as number[]).push(job) === 1) (lines[cell] as number[]).push(node);
      return groups[cell] ? undefined : begin(cell, now);
    },
    commit(cell, now) {
      const jobs = groups[cell] ?? [];
      groups[cell] = undefined;
      return { jobs, nextAt: begin(cell, now) };
    },
    stop(cell, until) {
      stoppedUntil[cell] = until;
    },
    removeNode(node) {
      const line = lines[Math.floor(node / nodesPerCell)] as number[];
      if (line.includes(node)) line.splice(line.indexOf(node), 1);
      return (queues[node] as number[]).splice(0);
    },
    groupSizes: () => [...appends].map((count, cell) => count / Math.max(1, commits[cell] as number)),
    reset() {
      commits.fill(0);
      appends.fill(0);
    },
  };
}
