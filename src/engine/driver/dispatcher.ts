import { Fault } from '../../core/errors.ts';
import type { Priority, StepKind } from '../../core/run.ts';

/** A step that asks for a slot. */
export interface SlotRequest {
  readonly runId: string;
  readonly kind: StepKind;
  readonly workflow?: string;
  readonly priority: Priority;
  /** How many steps of the run, and of all runs of the workflow, may run at once. */
  readonly limits?: { readonly run?: number; readonly workflow?: number };
}

export interface DispatcherLimits {
  /** Steps that run on this node at once. */
  readonly node: number;
  /** Requests that may wait before `assertCapacity` throws. */
  readonly queue: number;
  /** Limits of single kinds, in addition to that of the node. */
  readonly kinds?: Partial<Record<StepKind, number>>;
}

/**
 * Grants the slots in which steps run. Requests are served by priority, then by age; a request that has waited long moves
 * up, so that none starves. A request that waits for its own limit does not delay others.
 */
export interface Dispatcher {
  /**
   * Calls `onGranted` when there is a slot, within this call if one is free, with a function that releases the slot.
   * @returns withdraws a request that still waits
   */
  requestSlot(request: SlotRequest, onGranted: (release: () => void) => void): () => void;
  /** @throws Fault UNAVAILABLE when too many requests wait */
  assertCapacity(): void;
  readonly active: number;
  readonly queued: number;
}

const PRIORITY_RANK: Record<Priority, number> = { CRITICAL: 0, INTERACTIVE: 1, BATCH: 2 };
/** After this long in the queue a request counts as one rank higher. */
const PROMOTE_AFTER_MS = 30_000;

/** Steps that start in one turn of the event loop: a few milliseconds if each is short. The rest waits for the next turn. */
const MAX_STARTS_PER_TICK = 128;

interface QueuedRequest {
  readonly request: SlotRequest;
  readonly since: number;
  onGranted(release: () => void): void;
}

export function createDispatcher(limits: DispatcherLimits, now: () => number = Date.now): Dispatcher {
  /** Slots in use, by the name of the limit that they count for. */
  const inUse = new Map<string, number>();
  /** First come, first served within each priority. */
  const queues: Record<Priority, QueuedRequest[]> = { CRITICAL: [], INTERACTIVE: [], BATCH: [] };
  let active = 0;
  let queued = 0;
  let startsInTick = 0;

  const limitsOf = (request: SlotRequest): readonly (readonly [name: string, limit: number])[] => {
    const { runId, kind, workflow } = request;
    const entries: (readonly [string, number])[] = [];
    const kindLimit = limits.kinds?.[kind];
    if (kindLimit !== undefined) entries.push([`kind ${kind}`, kindLimit]);
    const { run: runLimit, workflow: workflowLimit } = request.limits ?? {};
    if (runLimit !== undefined) entries.push([`run ${runId}`, runLimit]);
    if (workflowLimit !== undefined && workflow !== undefined) entries.push([`workflow ${workflow}`, workflowLimit]);
    return entries;
  };
  const isOpen = () => active < limits.node && startsInTick < MAX_STARTS_PER_TICK;
  const fits = (request: SlotRequest) =>
    isOpen() && limitsOf(request).every(([name, limit]) => (inUse.get(name) ?? 0) < limit);

  const grant = ({ request, onGranted }: QueuedRequest) => {
    const entries = limitsOf(request);
    // Steps that end at once follow each other without a break: other work must have its turn in between.
    if (startsInTick === 0) setImmediate(onNextTick);
    startsInTick += 1;
    active += 1;
    for (const [name] of entries) inUse.set(name, (inUse.get(name) ?? 0) + 1);
    let isReleased = false;
    onGranted(() => {
      if (isReleased) return;
      isReleased = true;
      active -= 1;
      for (const [name] of entries) {
        const count = (inUse.get(name) ?? 1) - 1;
        if (count === 0) inUse.delete(name);
        else inUse.set(name, count);
      }
      serve();
    });
  };

  const onNextTick = () => {
    startsInTick = 0;
    serve();
  };

  const rankOf = ({ request, since }: QueuedRequest, at: number) =>
    PRIORITY_RANK[request.priority] - Math.floor((at - since) / PROMOTE_AFTER_MS);

  const takeBest = (): QueuedRequest | undefined => {
    const at = now();
    let best: QueuedRequest | undefined;
    for (const queue of Object.values(queues)) {
      const first = queue.find((entry) => fits(entry.request));
      if (first && (!best || rankOf(first, at) < rankOf(best, at))) best = first;
    }
    if (best) withdraw(best);
    return best;
  };

  const withdraw = (entry: QueuedRequest) => {
    const queue = queues[entry.request.priority];
    const index = queue.indexOf(entry);
    if (index < 0) return;
    queue.splice(index, 1);
    queued -= 1;
  };

  const serve = () => {
    while (queued > 0 && isOpen()) {
      const best = takeBest();
      if (!best) return;
      grant(best);
    }
  };

  return {
    requestSlot(request, onGranted) {
      const entry: QueuedRequest = { request, since: now(), onGranted };
      if (queued === 0 && fits(request)) {
        grant(entry);
        return () => {};
      }
      queues[request.priority].push(entry);
      queued += 1;
      serve();
      return () => withdraw(entry);
    },
    assertCapacity() {
      if (queued < limits.queue) return;
      throw new Fault('UNAVAILABLE', 'The server is at capacity. Try again in a moment.', { retryAfterMs: 1_000 });
    },
    get active() {
      return active;
    },
    get queued() {
      return queued;
    },
  };
}
