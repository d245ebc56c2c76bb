import { LinkedList, type LinkedNode } from './linked-list.ts';

/** A principal, as what is shared among principals knows it. */
export interface Owner {
  readonly tenant: string;
  readonly subject: string;
}

let latestOwner: Owner = { tenant: '', subject: '' };
let latestKey = '0  ';

/** A text that no two owners share, whatever characters their names have. The latest one is remembered: most calls repeat it. */
export function ownerKey({ tenant, subject }: Owner): string {
  if (tenant === latestOwner.tenant && subject === latestOwner.subject) return latestKey;
  latestOwner = { tenant, subject };
  latestKey = `${tenant.length} ${tenant} ${subject}`;
  return latestKey;
}

/** The place of an item in a queue. */
export interface QueuePlace {
  /**
   * Removes the item; does nothing once it is gone.
   * @param isServed its owner and tenant go to the end of their turns; otherwise it uses up no turn
   */
  leave(isServed: boolean): void;
}

/**
 * A queue that is fair by tenant, then by owner: tenants take turns, in a tenant its owners take turns, and the items of one
 * owner are served in their order. So what waits behind an owner's many items is only that owner. Adding and removing take
 * constant time, whatever waits; an item that returns to its place passes only those before it.
 */
export interface FairQueue<T> {
  readonly size: number;
  /** The item whose turn it is. It stays the same until it is removed, or one of the same owner with a lower order arrives. */
  readonly head: T | undefined;
  /** The first in turn of the items that are the next of their owner and are accepted. */
  first(accepts: (item: T) => boolean): T | undefined;
  /** @param order the place among the items of the owner; an item with a lower one is served first */
  add(owner: Owner, item: T, order: number): QueuePlace;
}

interface Entry<T> {
  readonly item: T;
  readonly order: number;
}

/** Members by name, in the order of their turns. */
interface Turns<Member> {
  first(): Member | undefined;
  inTurn(): Iterable<Member>;
  /** The member of this name; a new one has its turn after all others. */
  member(name: string): Member;
  moveToEnd(name: string): void;
  remove(name: string): void;
}

/** The items of one owner. */
type Line<T> = LinkedList<Entry<T>>;

/** A class, because a step that waits has several, and a function for each would take memory. */
class Place<T> implements QueuePlace {
  readonly node: LinkedNode<Entry<T>>;
  readonly line: Line<T>;
  readonly lines: Turns<Line<T>>;
  readonly owner: Owner;
  readonly #queue: OwnerQueue<T>;
  #isQueued = true;

  constructor(queue: OwnerQueue<T>, node: LinkedNode<Entry<T>>, line: Line<T>, lines: Turns<Line<T>>, owner: Owner) {
    this.#queue = queue;
    this.node = node;
    this.line = line;
    this.lines = lines;
    this.owner = owner;
  }

  leave(isServed: boolean): void {
    if (!this.#isQueued) return;
    this.#isQueued = false;
    this.#queue.remove(this, isServed);
  }
}

/** A class for the reason that `LinkedList` is one. */
class OwnerQueue<T> implements FairQueue<T> {
  size = 0;
  readonly #tenants: Turns<Turns<Line<T>>> = createTurns(() => createTurns<Line<T>>(() => new LinkedList<Entry<T>>()));

  get head(): T | undefined {
    return this.size === 0 ? undefined : this.#tenants.first()?.first()?.first?.value.item;
  }

  first(accepts: (item: T) => boolean): T | undefined {
    for (const lines of this.#tenants.inTurn()) {
      for (const line of lines.inTurn()) if (line.first && accepts(line.first.value.item)) return line.first.value.item;
    }
    return undefined;
  }

  add(owner: Owner, item: T, order: number): QueuePlace {
    const lines = this.#tenants.member(owner.tenant);
    const line = lines.member(owner.subject);
    const node = line.insert({ item, order }, firstAfter(line, order));
    this.size += 1;
    return new Place(this, node, line, lines, owner);
  }

  remove({ node, line, lines, owner }: Place<T>, isServed: boolean): void {
    this.size -= 1;
    line.remove(node);
    if (!line.first) lines.remove(owner.subject);
    else if (isServed) lines.moveToEnd(owner.subject);
    if (!lines.first()) this.#tenants.remove(owner.tenant);
    else if (isServed) this.#tenants.moveToEnd(owner.tenant);
  }
}

export function createFairQueue<T>(): FairQueue<T> {
  return new OwnerQueue<T>();
}

/** The first entry to be served after one with this order; undefined when that one is the last, as new ones are. */
function firstAfter<T>(line: Line<T>, order: number): LinkedNode<Entry<T>> | undefined {
  if (!line.last || line.last.value.order <= order) return undefined;
  let node = line.first;
  while (node && node.value.order <= order) node = node.next;
  return node;
}

function createTurns<Member>(create: () => Member): Turns<Member> {
  const order = new LinkedList<Member>();
  const byName = new Map<string, LinkedNode<Member>>();
  const remove = (name: string) => {
    const node = byName.get(name);
    if (!node) return undefined;
    byName.delete(name);
    order.remove(node);
    return node.value;
  };
  const append = (name: string, member: Member) => {
    byName.set(name, order.insert(member));
    return member;
  };
  return {
    first: () => order.first?.value,
    *inTurn() {
      for (let node = order.first; node; node = node.next) yield node.value;
    },
    member: (name) => byName.get(name)?.value ?? append(name, create()),
    moveToEnd(name) {
      if (order.first === order.last) return;
      const member = remove(name);
      if (member !== undefined) append(name, member);
    },
    remove,
  };
}

/** A limited number of slots, given by tenant, then owner, in turns. One owner never has all: an eighth is left, at least one. */
export interface FairSlots {
  /** Slots in use, and requests that wait. */
  readonly size: number;
  /**
   * @returns releases the slot; may be called repeatedly
   * @throws the reason of the signal, when it aborts before
   */
  take(owner: Owner, signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  readonly owner: string;
  start(): void;
}

export function createFairSlots(limit: number): FairSlots {
  const share = limit < 2 ? limit : limit - Math.max(1, Math.floor(limit / 8));
  const inUseByOwner = new Map<string, number>();
  const queue = createFairQueue<Waiter>();
  let inUse = 0;
  let arrivals = 0;

  const change = (owner: string, by: 1 | -1) => {
    inUse += by;
    const count = (inUseByOwner.get(owner) ?? 0) + by;
    if (count === 0) inUseByOwner.delete(owner);
    else inUseByOwner.set(owner, count);
  };
  const hasRoom = (owner: string) => inUse < limit && (inUseByOwner.get(owner) ?? 0) < share;
  const occupy = (owner: string): (() => void) => {
    change(owner, 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      change(owner, -1);
      queue.first((waiter) => hasRoom(waiter.owner))?.start();
    };
  };

  return {
    get size() {
      return inUse + queue.size;
    },
    async take(who, signal) {
      signal.throwIfAborted();
      const owner = ownerKey(who);
      if (hasRoom(owner)) return occupy(owner);
      arrivals += 1;
      return new Promise((resolve, reject) => {
        const start = () => {
          signal.removeEventListener('abort', cancel);
          place.leave(true);
          resolve(occupy(owner));
        };
        const cancel = () => {
          place.leave(false);
          reject(signal.reason);
        };
        const place = queue.add(who, { owner, start }, arrivals);
        signal.addEventListener('abort', cancel, { once: true });
      });
    },
  };
}
