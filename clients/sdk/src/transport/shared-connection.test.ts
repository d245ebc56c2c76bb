import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectEvents, EVENTS_SUBSCRIPTION, upTo } from '../../test/journal-server.ts';
import { cleanUp, clientOf, startJournal } from '../../test/test-clients.ts';

beforeEach(() => {
  // The shortest of the random waits.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await cleanUp();
});

describe('a token that the server refuses', () => {
  it('is replaced by another from getToken, and the subscription continues', async () => {
    const rejectedTokens: (string | undefined)[] = [];
    const server = await startJournal({
      last: 6,
      authorize: (token) => token !== 'old',
      onPull: (position, socket) => {
        if (position === 3 && server.tokens.length === 2) socket.close(4403, 'token expired');
      },
    });
    server.append(6);
    const getToken = (rejected?: string) => {
      rejectedTokens.push(rejected);
      return rejected === undefined ? 'old' : `after ${rejected}`;
    };
    const client = clientOf({ url: server.url, getToken });
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, { batch: 3 }))).toEqual(upTo(6));
    expect(server.tokens).toEqual(['old', 'after old', 'after after old']);
    expect(rejectedTokens).toEqual([undefined, 'old', 'after old']);
  });

  it.each([
    ['a fixed token', { token: 'old' }],
    ['a getToken without another token', { getToken: () => 'old' }],
    ['no token', {}],
  ])('ends the subscription with UNAUTHENTICATED when there is %s', async (_, credentials) => {
    const server = await startJournal({ authorize: () => false });
    const client = clientOf({ url: server.url, ...credentials });
    await expect(client.subscribe(EVENTS_SUBSCRIPTION, {}).next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(server.tokens).toHaveLength(1);
  });

  it('does not keep a client without a token, which a cookie signs in, from the next attempt', async () => {
    let isSignedIn = false;
    const server = await startJournal({ last: 1, authorize: () => isSignedIn });
    server.append(1);
    const client = clientOf({ url: server.url });
    await expect(client.subscribe(EVENTS_SUBSCRIPTION, {}).next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    isSignedIn = true;
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, {}))).toEqual([1]);
  });

  it('is requested again when getToken fails, because the network may be down for it too', async () => {
    const server = await startJournal({ last: 1 });
    server.append(1);
    let calls = 0;
    const getToken = async () => {
      if (calls++ === 0) throw new TypeError('fetch failed');
      return 'good';
    };
    expect(await collectEvents(clientOf({ url: server.url, getToken }).subscribe(EVENTS_SUBSCRIPTION, {}))).toEqual([
      1,
    ]);
  });
});

describe('the subscriptions of a client', () => {
  it('share one connection, which closes after the last of them', async () => {
    const server = await startJournal({ last: 2 });
    server.append(1);
    const client = clientOf({ url: server.url });
    const both = [client.subscribe(EVENTS_SUBSCRIPTION, {}), client.subscribe(EVENTS_SUBSCRIPTION, { after: 'c0' })];
    await Promise.all(both.map((stream) => stream.next()));
    expect(server.open()).toBe(1);
    server.append(1);
    expect(await Promise.all(both.map((stream) => collectEvents(stream)))).toEqual([[2], [2]]);
    expect(server.tokens).toHaveLength(1);
    await expect.poll(() => server.open()).toBe(0);
  });
});
