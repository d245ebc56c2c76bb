import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Owner } from './fair-queue.ts';
import { createFairQueue, createFairSlots, type FairQueue, type QueuePlace } from './fair-queue.ts';

interface Item {
  readonly owner: Owner;
  readonly order: number;
}

const owners = fc.record({
  tenant: fc.constantFrom('north', 'south', 'east'),
  subject: fc.constantFrom('ada', 'bob', 'eve'),
});

function fill(arrivals: readonly Owner[]) {
  const queue = createFairQueue<Item>();
  const places = new Map<Item, QueuePlace>();
  for (const [order, owner] of arrivals.entries()) {
    const item = { owner, order };
    places.set(item, queue.add(owner, item, order));
  }
  return { queue, places };
}

function drain(queue: FairQueue<Item>, places: ReadonlyMap<Item, QueuePlace>): Item[] {
  const served: Item[] = [];
  for (let head = queue.head; head; head = queue.head) {
    served.push(head);
    places.get(head)?.leave(true);
  }
  return served;
}

const nameOf = ({ owner }: Item) => `${owner.tenant}/${owner.subject}`;

describe('a fair queue', () => {
  it('serves everything once, and the items of one owner in their order', () => {
    fc.assert(
      fc.property(fc.array(owners), (arrivals) => {
        const { queue, places } = fill(arrivals);
        const served = drain(queue, places);
        expect([served.length, queue.size]).toEqual([arrivals.length, 0]);
        for (const items of Object.values(Object.groupBy(served, nameOf))) {
          expect(items?.map(({ order }) => order)).toEqual(items?.map(({ order }) => order).sort((a, b) => a - b));
        }
      }),
    );
  });

  it('lets nobody be served twice while another tenant, or another owner of the tenant, that waits is not served', () => {
    fc.assert(
      fc.property(fc.array(owners), (arrivals) => {
        const { queue, places } = fill(arrivals);
        const served = drain(queue, places);
        for (const [i, item] of served.entries()) {
          const rest = served.slice(i);
          const tenants = new Set(rest.map(({ owner }) => owner.tenant));
          expect(new Set(rest.slice(0, tenants.size).map(({ owner }) => owner.tenant)).size).toBe(tenants.size);
          const ofTenant = rest.filter(({ owner }) => owner.tenant === item.owner.tenant).map(nameOf);
          const subjects = new Set(ofTenant);
          expect(new Set(ofTenant.slice(0, subjects.size)).size).toBe(subjects.size);
        }
      }),
    );
  });

  it('has as its first the one at its head, or the next in turn that is accepted', () => {
    fc.assert(
      fc.property(fc.array(owners), owners, (arrivals, refused) => {
        const { queue, places } = fill(arrivals);
        expect(queue.first(() => true)).toBe(queue.head);
        const accepts = ({ owner }: Item) => owner.tenant !== refused.tenant || owner.subject !== refused.subject;
        const next = queue.first(accepts);
        const served = drain(queue, places);
        // The first tenant in turn of whom an owner is accepted, and the first such owner.
        const tenant = served
          .map(({ owner }) => owner.tenant)
          .find((name) => {
            return served.some((item) => item.owner.tenant === name && accepts(item));
          });
        expect(next).toBe(served.find((item) => item.owner.tenant === tenant && accepts(item)));
      }),
    );
  });

  it('is as if items that were withdrawn, or left and returned, had not been or not left', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(owners, fc.constantFrom('stays', 'leaves', 'returns'))), (arrivals) => {
        const { queue, places } = fill(arrivals.map(([owner]) => owner));
        const fates = [...places.keys()].map((item) => [item, arrivals[item.order]?.[1]] as const);
        for (const [item, fate] of fates) if (fate !== 'stays') places.get(item)?.leave(false);
        for (const [item, fate] of fates) {
          places.get(item)?.leave(false);
          if (fate === 'leaves') places.delete(item);
          else places.set(item, queue.add(item.owner, item, item.order));
        }
        const served = drain(queue, places);
        expect(served.length).toBe(arrivals.filter(([, fate]) => fate !== 'leaves').length);
        for (const items of Object.values(Object.groupBy(served, nameOf))) {
          expect(items?.map(({ order }) => order)).toEqual(items?.map(({ order }) => order).sort((a, b) => a - b));
        }
      }),
    );
  });
});

const ADA = { tenant: 'north', subject: 'ada' };
const BOB = { tenant: 'north', subject: 'bob' };
const EVE = { tenant: 'south', subject: 'eve' };
const never = new AbortController().signal;

/** Whether a slot was given within this turn of the event loop. */
async function isGiven(slot: Promise<() => void>): Promise<boolean> {
  return Promise.race([slot.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('fair slots', () => {
  it('are left by each owner, an eighth of them, for others', async () => {
    const slots = createFairSlots(16);
    const taken = Array.from({ length: 15 }, () => slots.take(ADA, never));
    const given = await Promise.all(taken.map(isGiven));
    expect(given.filter(Boolean)).toHaveLength(14);
    expect(await isGiven(slots.take(BOB, never))).toBe(true);
    (await taken[0])?.();
    expect(await isGiven(taken[14] as Promise<() => void>)).toBe(true);
    expect(slots.size).toBe(15);
  });

  it('are given in turn by tenant, then owner', async () => {
    const slots = createFairSlots(2);
    const first = [await slots.take(ADA, never), await slots.take(BOB, never)];
    const order: string[] = [];
    const rest = [ADA, ADA, BOB, EVE].map(async (owner) => {
      const release = await slots.take(owner, never);
      order.push(owner.subject);
      release();
    });
    for (const release of first) release();
    await Promise.all(rest);
    expect(order).toEqual(['ada', 'eve', 'bob', 'ada']);
    expect(slots.size).toBe(0);
  });

  it('are not given to an owner who no longer waits, and are released once', async () => {
    const slots = createFairSlots(2);
    const [a] = [await slots.take(ADA, never), await slots.take(BOB, never)];
    const stop = new AbortController();
    const cancelled = slots.take(EVE, stop.signal);
    stop.abort(new Error('gone'));
    await expect(cancelled).rejects.toThrow('gone');
    a();
    a();
    expect(await isGiven(slots.take(EVE, never))).toBe(true);
    expect(await isGiven(slots.take(ADA, never))).toBe(false);
  });
});
