import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue, type FairQueue, type QueueOwner, type QueuePlace } from './fair-queue.ts';

interface Item {
  readonly owner: QueueOwner;
  readonly order: number;
}

const owners = fc.record({
  tenant: fc.constantFrom('north', 'south', 'east'),
  subject: fc.constantFrom('ada', 'bob', 'eve'),
});

function fill(arrivals: readonly QueueOwner[]) {
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
    places.get(head)?.serve();
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

  it('is as if items that were withdrawn, or left and returned, had not been or not left', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(owners, fc.constantFrom('stays', 'leaves', 'returns'))), (arrivals) => {
        const { queue, places } = fill(arrivals.map(([owner]) => owner));
        const fates = [...places.keys()].map((item) => [item, arrivals[item.order]?.[1]] as const);
        for (const [item, fate] of fates) if (fate !== 'stays') places.get(item)?.withdraw();
        for (const [item, fate] of fates) {
          places.get(item)?.withdraw();
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
