import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalUri } from '../canonical-uri.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createPlaces } from './places.ts';

const ADA = { tenant: 'north', subject: 'ada' };
const BOB = { tenant: 'north', subject: 'bob' };
const EVE = { tenant: 'south', subject: 'eve' };
const ORIGIN = 'https://a.example';
const never = new AbortController().signal;

/** Whether a place was given within this turn of the event loop. */
async function isGiven(place: Promise<() => void>): Promise<boolean> {
  return Promise.race([place.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('the places of an origin', () => {
  it('are left by each user, an eighth of them, for others', async () => {
    const places = createPlaces(16);
    const taken = Array.from({ length: 15 }, () => places.take(ORIGIN, ADA, never));
    const given = await Promise.all(taken.map(isGiven));
    expect(given.filter(Boolean)).toHaveLength(14);
    expect(await isGiven(places.take(ORIGIN, BOB, never))).toBe(true);
    expect(await isGiven(places.take('https://b.example', ADA, never))).toBe(true);
    (await taken[0])?.();
    expect(await isGiven(taken[14] as Promise<() => void>)).toBe(true);
  });

  it('are given in turn by tenant, then user, and to the server itself', async () => {
    const places = createPlaces(2);
    const first = [await places.take(ORIGIN, ADA, never), await places.take(ORIGIN, BOB, never)];
    const order: (string | undefined)[] = [];
    const rest = [ADA, ADA, BOB, EVE, undefined].map(async (owner) => {
      const release = await places.take(ORIGIN, owner, never);
      order.push(owner?.subject);
      release();
    });
    first[0]?.();
    first[1]?.();
    await Promise.all(rest);
    expect(order).toEqual(['ada', 'eve', undefined, 'bob', 'ada']);
  });

  it('are not given to who no longer waits, and a place is released once', async () => {
    const places = createPlaces(2);
    const [a, b] = [await places.take(ORIGIN, ADA, never), await places.take(ORIGIN, BOB, never)];
    const stop = new AbortController();
    const cancelled = places.take(ORIGIN, EVE, stop.signal);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    a();
    a();
    expect(await isGiven(places.take(ORIGIN, EVE, never))).toBe(true);
    expect(await isGiven(places.take(ORIGIN, ADA, never))).toBe(false);
    b();
  });
});

describe('a host that does not answer the requests of one user', () => {
  let requests = 0;
  let origin: string;
  let outgoing: Outgoing;
  const stop = new AbortController();
  const server = createServer((request, response) => {
    requests += 1;
    if (request.url !== '/silent') response.end('here');
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    origin = `http://${host}`;
    outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [host], headerTimeoutMs: 30_000 });
  });
  afterAll(async () => {
    stop.abort();
    await outgoing.close();
    server.closeAllConnections();
    server.close();
  });
  const read = async (path: string, owner: typeof ADA) => {
    const request = { headers: {}, owner, signal: stop.signal, timeoutMs: 30_000 };
    return text((await outgoing.get(canonicalUri(origin + path), request)).body);
  };
  const exchange = async (path: string, owner: typeof ADA) => {
    const fetch = outgoing.fetch(canonicalUri(origin), { maxBytes: 100, idleMs: 30_000, owner, signal: stop.signal });
    return (await fetch(origin + path)).text();
  };

  it.each([
    ['reads', read, 56],
    ['sessions', exchange, 224],
  ])('still has places for %s of another', async (_, send, share) => {
    requests = 0;
    for (let i = 0; i < 300; i += 1) send('/silent', ADA).catch(() => {});
    await expect.poll(() => requests).toBe(share);
    expect(await send('/', BOB)).toBe('here');
    expect(requests).toBe(share + 1);
  });
});
