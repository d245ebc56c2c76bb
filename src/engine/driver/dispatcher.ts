import { Fault } from '../../core/errors.ts';
import type { Priority, StepKind } from '../../core/run.ts';

/** Who asks for a place. */
export interface SlotRequest {
  readonly runId: string;
  readonly kind: StepKind;
  readonly workflow?: string;
  readonly priority: Priority;
  /** Most steps of the run, and of all runs of the workflow, that may be at work at once. */
  readonly most?: { readonly run?: number; readonly workflow?: number };
}

export interface DispatcherLimits {
  /** Steps at work on this node at once. */
  readonly node: number;
  /** Tickets that wait; past it `isFull`. */
  readonly queue: number;
  /** Of one kind, where it has a limit of its own. */
  readonly kinds?: Partial<Record<StepKind, number>>;
}

/**
 * Gives out the places in which steps are done. Who waits is served by priority, then by age: a ticket that has waited
 * for long moves up, so that nothing starves. Tickets that are held up by a cap of their own do not hold up others.
 */
export interface Dispatcher {
  /**
   * Calls `begin` when there is a place, at once if there is one, with the function that gives it back.
   * @returns withdraws a ticket that still waits.
   */
  requestSlot(ticket: SlotRequest, begin: (giveBack: () => void) => void): () => void;
  /** @throws Fault UNAVAILABLE when too many wait */
  assertCapacity(): void;
  readonly active: number;
  readonly queued: number;
}

const PRIORITY_RANK: Record<Priority, number> = { CRITICAL: 0, INTERACTIVE: 1, BATCH: 2 };
/** After this long in the queue a ticket counts as one rank higher. */
const PROMOTE_AFTER_MS = 30_000;

/** Steps that begin in one turn of the event loop: some milliseconds, if each does little. The rest waits for the next one. */
const MAX_STARTS_PER_TICK = 128;

interface QueuedRequest {
  readonly ticket: SlotRequest;
  readonly since: number;
  begin(giveBack: () => void): void;
}

export function createDispatcher(limits: DispatcherLimits, now: () => number = Date.now): Dispatcher {
  const inUse = new Map<string, number>();
  /** First come, first served within each priority. */
  const queues: Record<Priority, QueuedRequest[]> = { CRITICAL: [], INTERACTIVE: [], BATCH: [] };
  let taken = 0;
  let waiting = 0;
  let begunInTurn = 0;

  const caps = ({ runId, kind, workflow, most }: SlotRequest): readonly (readonly [string, number])[] => {
    const found: (readonly [string, number])[] = [];
    const ofKind = limits.kinds?.[kind];
    if (ofKind !== undefined) found.push([`kind ${kind}`, ofKind]);
    if (most?.run !== undefined) found.push([`run ${runId}`, most.run]);
    if (most?.workflow !== undefined && workflow !== undefined) found.push([`workflow ${workflow}`, most.workflow]);
    return found;
  };
  const isOpen = () => taken < limits.node && begunInTurn < MAX_STARTS_PER_TICK;
  const fits = (ticket: SlotRequest) => isOpen() && caps(ticket).every(([name, most]) => (inUse.get(name) ?? 0) < most);

  const start = ({ ticket, begin }: QueuedRequest) => {
    const held = caps(ticket);
    // Steps that are done at once follow each other without end: others must have their turn between them.
    if (begunInTurn === 0) setImmediate(nextTurn);
    begunInTurn += 1;
    taken += 1;
    for (const [name] of held) inUse.set(name, (inUse.get(name) ?? 0) + 1);
    let given = false;
    begin(() => {
      if (given) return;
      given = true;
      taken -= 1;
      for (const [name] of held) {
        const left = (inUse.get(name) ?? 1) - 1;
        if (left === 0) inUse.delete(name);
        else inUse.set(name, left);
      }
      serve();
    });
  };

  const nextTurn = () => {
    begunInTurn = 0;
    serve();
  };

  const rankOf = ({ ticket, since }: QueuedRequest, at: number) =>
    PRIORITY_RANK[ticket.priority] - Math.floor((at - since) / PROMOTE_AFTER_MS);

  const take = (): QueuedRequest | undefined => {
    const at = now();
    let best: QueuedRequest | undefined;
    for (const queue of Object.values(queues)) {
      const first = queue.find((one) => fits(one.ticket));
      if (first && (!best || rankOf(first, at) < rankOf(best, at))) best = first;
    }
    if (best) withdraw(best);
    return best;
  };

  const withdraw = (one: QueuedRequest) => {
    const queue = queues[one.ticket.priority];
    const index = queue.indexOf(one);
    if (index < 0) return;
    queue.splice(index, 1);
    waiting -= 1;
  };

  const serve = () => {
    while (waiting > 0 && isOpen()) {
      const chosen = take();
      if (!chosen) return;
      start(chosen);
    }
  };

  return {
    requestSlot(ticket, begin) {
      const one: QueuedRequest = { ticket, since: now(), begin };
      if (waiting === 0 && fits(ticket)) {
        start(one);
        return () => {};
      }
      queues[ticket.priority].push(one);
      waiting += 1;
      serve();
      return () => withdraw(one);
    },
    assertCapacity() {
      if (waiting < limits.queue) return;
      throw new Fault('UNAVAILABLE', 'The server is full. Try again in a moment.', { retryAfterMs: 1_000 });
    },
    get active() {
      return taken;
    },
    get queued() {
      return waiting;
    },
  };
}
