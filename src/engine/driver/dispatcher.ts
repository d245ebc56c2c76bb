import { Fault } from '../../core/errors.ts';
import type { Priority, StepKind } from '../../core/run.ts';
import { type Owner, ownerKey, type QueuePlace } from '../../lib/fair-queue.ts';
import { createRequestQueue, type RequestQueue, type Waiting } from './request-queue.ts';

/** A step that asks for a slot. */
export interface SlotRequest {
  readonly runId: string;
  /** On whose behalf the run is. */
  readonly owner: Owner;
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
  readonly kinds?: Readonly<Record<string, number>>;
}

/**
 * Grants the slots in which steps run. Requests are served by priority; a request that has waited long moves up, so that none
 * starves. Within a priority tenants take turns, and their owners, whose requests are served in the order of arrival. A
 * request that waits for its own limit does not delay others. An eighth of each limit, at least one place, is never given to
 * one owner, so that another who arrives finds one.
 */
export interface Dispatcher {
  /**
   * Calls `onGranted` when there is a slot, within this call if one is free, with a function that releases the slot.
   * @returns withdraws a request that still waits
   */
  requestSlot(request: SlotRequest, onGranted: (release: () => void) => void): () => void;
  /** @throws Fault UNAVAILABLE when too many requests wait, of all owners or of this one */
  assertCapacity(owner: Owner): void;
  readonly active: number;
  readonly queued: number;
  /** The slots of the node, and of each kind that is limited separately. */
  slots(): readonly SlotUsage[];
}

export interface SlotUsage {
  /** Absent for those of all kinds together. */
  readonly kind?: StepKind;
  readonly limit: number;
  readonly used: number;
}

/** Steps that start in one turn of the event loop: a few milliseconds if each is short. The rest waits for the next turn. */
const MAX_STARTS_PER_TICK = 128;
const RETRY_AFTER_MS = 1_000;

type Limit = readonly [name: string, limit: number];

interface QueuedRequest extends Waiting {
  readonly ownerName: string;
  readonly limits: readonly Limit[];
  /** In the queue in which it is. */
  place: QueuePlace | undefined;
  onGranted(release: () => void): void;
}

export function createDispatcher(limits: DispatcherLimits, now: () => number = Date.now): Dispatcher {
  /** Slots in use, by the name of the limit that they count for. */
  const inUse = createCounts();
  const waitingByOwner = createCounts();
  /** Requests to be served as soon as the node has a slot. */
  const ready = createRequestQueue<QueuedRequest>();
  /**
   * Requests that wait for a limit other than the node's, by its name. When that limit has room, one of them is among the
   * ready, and the next becomes so when that one is granted, waits elsewhere, or is withdrawn.
   */
  const blocked = new Map<string, RequestQueue<QueuedRequest>>();
  const maxWaitingByOwner = shareOf(limits.queue);
  /** Waiting requests, of each owner those within its share. */
  let countedWaiting = 0;
  let queued = 0;
  let active = 0;
  let arrivals = 0;
  let startsInTick = 0;

  const isOpen = () => active < limits.node && startsInTick < MAX_STARTS_PER_TICK;
  const hasRoom = (limit: Limit) => inUse.of(limit[0]) < limit[1];

  const join = (queue: RequestQueue<QueuedRequest>, entry: QueuedRequest) => {
    entry.place = queue.add(entry);
  };
  const block = (entry: QueuedRequest, name: string) => {
    const queue = blocked.get(name) ?? createRequestQueue<QueuedRequest>();
    blocked.set(name, queue);
    join(queue, entry);
  };
  /** Makes one request ready for each limit that has room. */
  const unblock = (entryLimits: readonly Limit[]) => {
    if (blocked.size === 0) return;
    for (const limit of entryLimits) {
      const queue = blocked.get(limit[0]);
      if (!queue || !hasRoom(limit)) continue;
      const next = queue.head(now());
      next?.place?.leave(true);
      if (next) join(ready, next);
      if (queue.size === 0) blocked.delete(limit[0]);
    }
  };

  const changeWaiting = (owner: string, by: 1 | -1) => {
    const before = waitingByOwner.of(owner);
    waitingByOwner.change(owner, by);
    if (Math.max(before, before + by) <= maxWaitingByOwner) countedWaiting += by;
    queued += by;
  };

  const grant = ({ limits: entryLimits, onGranted }: Pick<QueuedRequest, 'limits' | 'onGranted'>) => {
    // Steps that end at once follow each other without a break: other work must have its turn in between.
    if (startsInTick === 0) setImmediate(onNextTick);
    startsInTick += 1;
    active += 1;
    for (const limit of entryLimits) inUse.change(limit[0], 1);
    let isReleased = false;
    onGranted(() => {
      if (isReleased) return;
      isReleased = true;
      active -= 1;
      for (const limit of entryLimits) inUse.change(limit[0], -1);
      unblock(entryLimits);
      serve();
    });
  };

  const onNextTick = () => {
    startsInTick = 0;
    serve();
  };

  const serve = () => {
    while (isOpen()) {
      const entry = ready.head(now());
      if (!entry) return;
      const full = entry.limits.find((limit) => !hasRoom(limit));
      entry.place?.leave(!full);
      if (full) block(entry, full[0]);
      else {
        changeWaiting(entry.ownerName, -1);
        grant(entry);
      }
      unblock(entry.limits);
    }
  };

  return {
    requestSlot(request, onGranted) {
      const { owner, priority } = request;
      const ownerName = ownerKey(owner);
      const entryLimits = limitsOf(request, ownerName, limits);
      const full = entryLimits.find((limit) => !hasRoom(limit));
      if (!full && ready.size === 0 && isOpen()) {
        grant({ limits: entryLimits, onGranted });
        return () => {};
      }
      arrivals += 1;
      let isWaiting = true;
      const entry: QueuedRequest = {
        owner,
        ownerName,
        priority,
        since: now(),
        order: arrivals,
        limits: entryLimits,
        place: undefined,
        onGranted(release) {
          isWaiting = false;
          onGranted(release);
        },
      };
      changeWaiting(ownerName, 1);
      if (full) block(entry, full[0]);
      else {
        join(ready, entry);
        serve();
      }
      return () => {
        if (!isWaiting) return;
        isWaiting = false;
        entry.place?.leave(false);
        changeWaiting(ownerName, -1);
        // Whatever that makes ready is served by the next release or turn: nothing is granted while a run withdraws its requests.
        unblock(entryLimits);
      };
    },
    assertCapacity(owner) {
      if (countedWaiting >= limits.queue) {
        const message = 'The server is at capacity. Try again in a moment.';
        throw new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS });
      }
      if (waitingByOwner.of(ownerKey(owner)) < maxWaitingByOwner) return;
      const message = `${maxWaitingByOwner} of your steps wait, which is the share of one user in MAX_QUEUED. Try again when some have run.`;
      throw new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS });
    },
    slots: () => [
      { limit: limits.node, used: active },
      ...Object.entries(limits.kinds ?? {}).map(([kind, limit]) => ({
        kind: kind as StepKind,
        limit,
        used: inUse.of(`kind ${kind}`),
      })),
    ],
    get active() {
      return active;
    },
    get queued() {
      return queued;
    },
  };
}

function limitsOf(
  { runId, kind, workflow, limits }: SlotRequest,
  ownerName: string,
  all: DispatcherLimits,
): readonly Limit[] {
  // The key of an owner begins with a digit, so it is not the name of another limit.
  const entries: Limit[] = [[ownerName, shareOf(all.node)]];
  const kindLimit = all.kinds?.[kind];
  if (kindLimit !== undefined) {
    entries.push([`kind ${kind} of ${ownerName}`, shareOf(kindLimit)], [`kind ${kind}`, kindLimit]);
  }
  if (limits?.run !== undefined) entries.push([`run ${runId}`, limits.run]);
  if (limits?.workflow !== undefined && workflow !== undefined) entries.push([`workflow ${workflow}`, limits.workflow]);
  return entries;
}

/** The most that one owner may have of a limit: all but an eighth, and but one at least; a limit of one has no reserve. */
function shareOf(limit: number): number {
  return limit < 2 ? limit : limit - Math.max(1, Math.floor(limit / 8));
}

/** Numbers by name; those that are zero take no memory. */
function createCounts() {
  const counts = new Map<string, number>();
  const of = (name: string) => counts.get(name) ?? 0;
  return {
    of,
    change(name: string, by: number) {
      const count = of(name) + by;
      if (count === 0) counts.delete(name);
      else counts.set(name, count);
    },
  };
}
