import type { Random } from '../../test/simulation/random.ts';

/**
 * What the nodes of all cells know of the workers of their cell: the jobs that each node has sent itself, and what the last heartbeat
 * said. A model of the index of the scheduler: pools, and in each the workers with room, in numbers instead of objects. Choosing a
 * worker and every change take constant time.
 */
export interface WorkerViews {
  /** A worker of the pool that has room, as far as the node knows; -1 without one. Of several, any. */
  place(node: number, pool: number): number;
  /** The node has sent a job to the worker. */
  begin(node: number, worker: number): void;
  /** The node has the end of that job. */
  end(node: number, worker: number): void;
  /** The worker reports its jobs to the nodes that know it, at a time in ms. @returns those where it has room since now */
  heartbeat(worker: number, jobs: number, now: number): readonly number[];
  /** The worker is taken for dead. */
  remove(worker: number): void;
  /** The other nodes of its cell take over the workers of a node. */
  removeNode(node: number): void;
}

export interface ViewOptions {
  readonly workers: number;
  readonly cells: number;
  readonly nodesPerCell: number;
  readonly pools: number;
  /** `all`: every node of a cell uses all its workers. `own`: each worker belongs to one of the nodes. */
  readonly sharing: 'all' | 'own';
}

/** The cell and the pool of each worker follow from its number. */
export const cellOf = (worker: number, cells: number) => worker % cells;
export const poolOf = (worker: number, { cells, pools }: Pick<ViewOptions, 'cells' | 'pools'>) =>
  Math.floor(worker / cells) % pools;

/** One job at a time on each worker. */
export function createWorkerViews(options: ViewOptions, random: Random): WorkerViews {
  const { workers, cells, nodesPerCell, pools, sharing } = options;
  /** Views of one worker: one for each node that knows it. */
  const views = sharing === 'all' ? nodesPerCell : 1;
  /** Jobs that the node itself has sent and whose end it does not have. */
  const sent = new Uint16Array(workers * views);
  /** Jobs that the last heartbeat reported. */
  const reported = new Uint16Array(workers * views);
  /** The place of the view in its list of workers with room; -1 when it has none. */
  const placeIn = new Int32Array(workers * views).fill(-1);
  /** For each node and pool: the views with room. */
  const withRoom: number[][] = Array.from({ length: cells * nodesPerCell * pools }, () => []);
  const owner = new Uint16Array(sharing === 'own' ? workers : 0);
  const dead = new Set<number>();
  for (let worker = 0; worker < owner.length; worker += 1) owner[worker] = random.whole(0, nodesPerCell - 1);

  const workerOf = (view: number) => Math.floor(view / views);
  const nodeOf = (view: number) => {
    const worker = workerOf(view);
    return cellOf(worker, cells) * nodesPerCell + (sharing === 'all' ? view % views : (owner[worker] as number));
  };
  const listOf = (view: number) => withRoom[nodeOf(view) * pools + poolOf(workerOf(view), options)] as number[];
  const viewOf = (node: number, worker: number) => worker * views + (sharing === 'all' ? node % nodesPerCell : 0);

  const leave = (view: number) => {
    const at = placeIn[view] as number;
    if (at < 0) return;
    const list = listOf(view);
    const last = list.pop() as number;
    if (last !== view) {
      list[at] = last;
      placeIn[last] = at;
    }
    placeIn[view] = -1;
  };
  /** @returns whether it has room since now */
  const update = (view: number): boolean => {
    const hasRoom = sent[view] === 0 && reported[view] === 0 && !dead.has(workerOf(view));
    if (hasRoom === (placeIn[view] as number) >= 0) return false;
    if (hasRoom) placeIn[view] = listOf(view).push(view) - 1;
    else leave(view);
    return hasRoom;
  };
  for (let view = 0; view < placeIn.length; view += 1) update(view);
  const changed: number[] = [];

  return {
    place(node, pool) {
      const list = withRoom[node * pools + pool] as number[];
      return list.length === 0 ? -1 : workerOf(list[random.whole(0, list.length - 1)] as number);
    },
    begin(node, worker) {
      const view = viewOf(node, worker);
      sent[view] = (sent[view] as number) + 1;
      update(view);
    },
    end(node, worker) {
      const view = viewOf(node, worker);
      sent[view] = Math.max(0, (sent[view] as number) - 1);
      // The last heartbeat may have counted it.
      reported[view] = Math.min(reported[view] as number, sent[view] as number);
      update(view);
    },
    heartbeat(worker, jobs) {
      changed.length = 0;
      for (let view = worker * views; view < (worker + 1) * views; view += 1) {
        reported[view] = jobs;
        if (update(view)) changed.push(nodeOf(view));
      }
      return changed;
    },
    remove(worker) {
      dead.add(worker);
      for (let view = worker * views; view < (worker + 1) * views; view += 1) update(view);
    },
    removeNode(node) {
      const [cell, index] = [Math.floor(node / nodesPerCell), node % nodesPerCell];
      for (let worker = cell; worker < owner.length; worker += cells) {
        if (owner[worker] !== index) continue;
        leave(worker);
        owner[worker] = (index + random.whole(1, nodesPerCell - 1)) % nodesPerCell;
        sent[worker] = 0;
        update(worker);
      }
    },
  };
}
