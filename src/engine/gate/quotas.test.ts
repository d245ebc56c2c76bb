import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  QUOTAS,
  type QuotaName,
  type QuotaTable,
  type QuotaUsage,
  type QuotaUse,
} from '../../core/accounts/accounts.ts';
import type { User } from '../../core/principal.ts';
import { createQuotas } from './quotas.ts';

const alice: User = { tenant: 't', subject: 'a', username: 'alice', roles: [] };
const bob: User = { tenant: 't', subject: 'b', username: 'bob', roles: [] };
const stranger: User = { tenant: 'other', subject: 'a', username: 'eve', roles: [] };

/** Quotas with these limits, a clock that the test moves, and a store that says what the test sets. */
function openQuotas(limits: Partial<QuotaTable>) {
  const stored = new Map<QuotaName, QuotaUse>();
  const world = { reads: 0, now: 0, stored };
  const usage: QuotaUsage = {
    used: async () => {
      world.reads += 1;
      return new Map(stored);
    },
    take: async () => {},
  };
  const quotas = createQuotas({
    usage,
    tokens: { used: async () => 7 },
    limits: { ...QUOTAS, ...limits },
    clock: { now: () => new Date(world.now) },
  });
  return { quotas, world };
}

const exceeded = (quota: QuotaName, limit: number, used: number, holder: object) =>
  expect.objectContaining({ code: 'THROTTLED', details: expect.objectContaining({ quota, limit, used, holder }) });

describe('what is in progress on a node', () => {
  it('is limited for a principal and for its tenant, and counts until it ends', () => {
    const { quotas } = openQuotas({ streams: { principal: 2, tenant: 3 } });
    const ends = [quotas.hold(alice, 'streams'), quotas.hold(alice, 'streams')];
    expect(() => quotas.hold(alice, 'streams')).toThrow(
      exceeded('streams', 2, 2, { kind: 'principal', name: 'alice' }),
    );
    quotas.hold(bob, 'streams');
    expect(() => quotas.hold(bob, 'streams')).toThrow(exceeded('streams', 3, 3, { kind: 'tenant', name: 't' }));
    quotas.hold(stranger, 'streams');
    for (const end of [...ends, ...ends]) end();
    quotas.hold(alice, 'streams');
    quotas.hold(bob, 'streams');
    expect(() => quotas.hold(bob, 'streams')).toThrow(exceeded('streams', 2, 2, { kind: 'principal', name: 'bob' }));
  });

  it('counts what has begun already beyond the limit, so that a recovered run is never refused', () => {
    const { quotas } = openQuotas({ runsRunning: { principal: 1 } });
    const ends = [quotas.count(alice, 'runsRunning'), quotas.count(alice, 'runsRunning')];
    expect(() => quotas.assertFree(alice, 'runsRunning')).toThrow(
      exceeded('runsRunning', 1, 2, { kind: 'principal', name: 'alice' }),
    );
    for (const end of ends) end();
    quotas.assertFree(alice, 'runsRunning');
  });

  it('is the sum of what began and has not ended, whatever the order', async () => {
    const steps = fc.array(fc.record({ who: fc.constantFrom(alice, bob, stranger), end: fc.option(fc.nat(20)) }));
    await fc.assert(
      fc.asyncProperty(steps, async (actions) => {
        const { quotas } = openQuotas({});
        const held: { readonly who: User; readonly end: () => void }[] = [];
        for (const { who, end } of actions) {
          if (end === null) held.push({ who, end: quotas.hold(who, 'uploads') });
          else held.splice(end, 1)[0]?.end();
        }
        const used = (await quotas.list(alice, true)).filter(({ quota }) => quota === 'uploads').map((row) => row.used);
        const of = (matches: (who: User) => boolean) => held.filter(({ who }) => matches(who)).length;
        expect(used).toEqual([of((who) => who === alice), of(({ tenant }) => tenant === 't')]);
      }),
    );
  });
});

describe('what counts when it is recorded', () => {
  it('is refused when the store says that there is no room, and by no more than what this node let begin since', async () => {
    const { quotas, world } = openQuotas({ runsWaiting: { principal: 3, tenant: 100 } });
    world.stored.set('runsWaiting', { principal: 1, tenant: 1 });
    await quotas.admit(alice, { runsWaiting: 1 });
    await quotas.admit(alice, { runsWaiting: 1 });
    expect(world.reads).toBe(1);
    world.stored.set('runsWaiting', { principal: 3, tenant: 3 });
    await expect(quotas.admit(alice, { runsWaiting: 1 })).rejects.toEqual(
      exceeded('runsWaiting', 3, 3, { kind: 'principal', name: 'alice' }),
    );
    await quotas.admit(bob, { artifacts: 1 });
    world.stored.set('runsWaiting', { principal: 2, tenant: 2 });
    await quotas.admit(alice, { runsWaiting: 1 });
  });

  it('is read once for requests that arrive together, which count each other', async () => {
    const { quotas, world } = openQuotas({ runsWaiting: { principal: 3 } });
    const admissions = Array.from({ length: 8 }, () => quotas.admit(alice, { runsWaiting: 1 }));
    const admitted = (await Promise.allSettled(admissions)).filter(({ status }) => status === 'fulfilled');
    expect([admitted.length, world.reads]).toEqual([3, 1]);
  });

  it('is read again after five seconds, because other nodes record too', async () => {
    const { quotas, world } = openQuotas({ artifacts: { principal: 10 } });
    await quotas.admit(alice, { artifacts: 1 });
    world.stored.set('artifacts', { principal: 10, tenant: 10 });
    world.now += 4_999;
    await quotas.admit(alice, { artifacts: 1 });
    world.now += 1;
    await expect(quotas.admit(alice, { artifacts: 1 })).rejects.toMatchObject({ code: 'THROTTLED' });
  });

  it('stores no bytes of an artifact without room, and counts a size that was unknown before', async () => {
    const { quotas, world } = openQuotas({ artifactBytes: { principal: 10 } });
    const puts: unknown[] = [];
    const store = {
      put: async (bytes: unknown) => ({ digest: 'd', size: puts.push(bytes) * 0 + 9 }),
      adopt: async () => ({ digest: 'd', size: 9 }),
    };
    const artifacts = quotas.artifactsOf(alice, store as never);
    await artifacts.adopt('file', { maxBytes: 100 });
    world.stored.set('artifactBytes', { principal: 9, tenant: 9 });
    await expect(artifacts.put(new Uint8Array(2), { maxBytes: 100 })).rejects.toMatchObject({ code: 'THROTTLED' });
    expect([puts, world.reads]).toEqual([[], 2]);
  });
});

it('the list has every quota of the principal, and with the tenant its limits too', async () => {
  const { quotas, world } = openQuotas({});
  world.stored.set('workflows', { principal: 2, tenant: 5 });
  const own = await quotas.list(alice, false);
  expect(own.map(({ quota }) => quota)).toEqual(Object.keys(QUOTAS));
  expect(own).toContainEqual({
    quota: 'modelTokens',
    holder: 'principal',
    holderName: 'alice',
    limit: 10_000_000,
    used: 7,
  });
  expect(await quotas.list(alice, true)).toContainEqual(
    expect.objectContaining({ quota: 'workflows', holder: 'tenant', holderName: 't', used: 5 }),
  );
});
