import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCuttingProxy } from '../../../../test/support/cutting-proxy.ts';
import { type Batch, collectEvents, EVENTS_SUBSCRIPTION, startJournalServer, upTo } from '../../test/journal-server.ts';
import { cleanUp, clientOf, disposeLater, startJournal } from '../../test/test-clients.ts';
import { createClient } from '../create-client.ts';
import { SignalboxError } from './signalbox-error.ts';
import { MAX_BUFFERED_RESULTS } from './subscribe.ts';

type Data = { readonly events: Batch };

beforeEach(() => {
  // The shortest of the random waits.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await cleanUp();
});

describe('a subscription that is interrupted', () => {
  it('delivers every event once and in order, wherever the connections are cut', async () => {
    vi.restoreAllMocks();
    const total = 40;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 2500 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat({ max: total }),
        async (cuts, batch, early) => {
          const server = await startJournalServer({ last: total });
          const proxy = await startCuttingProxy(server.port);
          const client = createClient({ url: proxy.url });
          const random = vi.spyOn(Math, 'random').mockReturnValue(0);
          try {
            proxy.cutAfter(cuts);
            server.append(early);
            const seen = collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, { batch }));
            for (let at = early; at < total; at += 3) {
              await new Promise((resolve) => setImmediate(resolve));
              server.append(Math.min(3, total - at));
            }
            expect(await seen).toEqual(upTo(total));
            for (const { after } of server.subscriptions.slice(1)) expect(after ?? 'c0').toMatch(/^c\d+$/);
          } finally {
            random.mockRestore();
            client.close();
            await proxy.stop();
            await server.stop();
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('continues at another server of the same journal', async () => {
    const first = await startJournal();
    const proxy = disposeLater(await startCuttingProxy(first.port), (it) => it.stop());
    first.append(5);
    const stream = clientOf({ url: proxy.url }).subscribe(EVENTS_SUBSCRIPTION, { batch: 5 });
    expect(await collectEvents({ [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) }, 5)).toEqual(upTo(5));
    const second = await startJournal({ last: 8 });
    second.append(8);
    const next = stream.next();
    proxy.redirect(second.port);
    await first.stop();
    expect((await next).value).toMatchObject({ events: { events: [6, 7, 8] } });
    expect(second.subscriptions[0]?.after).toBe('c5');
  });

  it('reports each interruption and when it tries again', async () => {
    const reported: unknown[] = [];
    const server = await startJournal({
      last: 4,
      onPull: (position, socket) => {
        if (position === 2 && server.subscriptions.length === 1) socket.close(1012, 'restart');
      },
    });
    server.append(4);
    const client = clientOf({
      url: server.url,
      onInterrupted: ({ code, message }, ms) => reported.push([code, message, ms]),
    });
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, { batch: 2 }))).toEqual(upTo(4));
    expect(reported).toEqual([['UNAVAILABLE', expect.stringContaining('1012: restart'), 50]]);
  });

  it('waits as long as the server asks when it is throttled', async () => {
    const reported: [string, number][] = [];
    const server = await startJournal({
      last: 2,
      onPull: () => {
        if (server.subscriptions.length === 1) throw throttled(120);
      },
    });
    server.append(2);
    const client = clientOf({ url: server.url, onInterrupted: ({ code }, ms) => reported.push([code, ms]) });
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, {}))).toEqual(upTo(2));
    expect(reported).toEqual([['THROTTLED', 120]]);
  });

  it('leaves a connection on which nothing arrives any longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const server = await startJournal();
    const proxy = disposeLater(await startCuttingProxy(server.port), (it) => it.stop());
    server.append(1);
    const stream = clientOf({ url: proxy.url }).subscribe(EVENTS_SUBSCRIPTION, {});
    await stream.next();
    proxy.freeze();
    server.append(1);
    const next = stream.next();
    vi.advanceTimersByTime(30_000);
    expect((await next).value).toMatchObject({ events: { events: [2] } });
  });
});

describe('a consumer', () => {
  it('that is slow makes the server stop, and still receives every event once and in order', async () => {
    const total = 5_000;
    const server = await startJournal({ last: total, onPull: () => new Promise((resolve) => setImmediate(resolve)) });
    server.append(total);
    const stream = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, { batch: 1 });
    const first = (await stream.next()).value as Data;
    await expect.poll(() => server.subscriptions[0]?.ended).toBe(true);
    expect(server.subscriptions).toHaveLength(1);
    expect(server.subscriptions[0]?.pulled).toBeLessThan(total / 2);
    expect([...first.events.events, ...(await collectEvents(stream))]).toEqual(upTo(total));
    // Results that the server sent before it received the stop were dropped, and are read again.
    expect(server.subscriptions[1]?.after).toBe(`c${MAX_BUFFERED_RESULTS + 1}`);
  });

  it('that leaves its loop ends the subscription at the server', async () => {
    const server = await startJournal();
    server.append(10);
    expect(await collectEvents(clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, {}), 10)).toHaveLength(10);
    await expect.poll(() => server.subscriptions[0]?.ended).toBe(true);
  });

  it('that waits is released by return()', async () => {
    const server = await startJournal();
    const stream = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, {});
    const next = stream.next();
    await expect.poll(() => server.subscriptions).toHaveLength(1);
    await stream.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.subscriptions[0]?.ended).toBe(true);
  });

  it('that waits is released when its signal aborts, and the signal is left without listeners', async () => {
    const server = await startJournal();
    const abort = new AbortController();
    const added = vi.spyOn(abort.signal, 'addEventListener');
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    const next = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, {}, { signal: abort.signal }).next();
    await expect.poll(() => server.subscriptions).toHaveLength(1);
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(removed.mock.calls.length).toBeGreaterThanOrEqual(added.mock.calls.length);
    await expect.poll(() => server.subscriptions[0]?.ended).toBe(true);
  });

  it('that aborts before it begins opens no connection', async () => {
    const server = await startJournal();
    const client = clientOf({ url: server.url });
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, {}, { signal: AbortSignal.abort() }))).toEqual([]);
    expect(server.tokens).toEqual([]);
  });

  it('that aborts while the server is down does not wait for the next attempt', async () => {
    const server = await startJournal();
    await server.stop();
    const abort = new AbortController();
    const client = clientOf({ url: server.url, onInterrupted: () => abort.abort() });
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, {}, { signal: abort.signal }))).toEqual([]);
  });

  it('reaches the end when the server completes, and when the client is closed', async () => {
    const server = await startJournal({ last: 3 });
    server.append(3);
    const client = clientOf({ url: server.url });
    expect(await collectEvents(client.subscribe(EVENTS_SUBSCRIPTION, {}))).toEqual(upTo(3));
    const endless = await startJournal();
    const other = clientOf({ url: endless.url });
    const waiting = collectEvents(other.subscribe(EVENTS_SUBSCRIPTION, {}));
    await expect.poll(() => endless.subscriptions).toHaveLength(1);
    other.close();
    expect(await waiting).toEqual([]);
    await expect.poll(() => endless.open()).toBe(0);
  });

  it('may request several results at once', async () => {
    const server = await startJournal({ last: 2 });
    server.append(2);
    const stream = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, { batch: 1 });
    const results = await Promise.all([stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ value }) => (value as Data | undefined)?.events.events)).toEqual([[1], [2], undefined]);
  });
});

describe('an error that a retry would not change', () => {
  it('is thrown after the events that precede it, and is followed by the end', async () => {
    const server = await startJournal({
      onPull: (position) => {
        if (position === 2) throw coded('CURSOR_EXPIRED', 'That is too long ago.');
      },
    });
    server.append(5);
    const stream = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, { batch: 2 });
    expect((await stream.next()).value).toMatchObject({ events: { events: [1, 2] } });
    await expect(stream.next()).rejects.toMatchObject({ name: 'SignalboxError', code: 'CURSOR_EXPIRED' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(server.subscriptions).toHaveLength(1);
  });

  it.each([4400, 4500, 1009])('is thrown for the close code %i', async (code) => {
    const server = await startJournal({ onPull: (_, socket) => socket.close(code, 'no') });
    server.append(1);
    const next = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, {}).next();
    await expect(next).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining(`${code}: no`) });
  });

  it('is thrown for a server that speaks another protocol', async () => {
    const server = await startJournal({ onPull: (_, socket) => socket.send('hello') });
    server.append(1);
    const next = clientOf({ url: server.url }).subscribe(EVENTS_SUBSCRIPTION, {}).next();
    await expect(next).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('is thrown for a document that cannot resume, because it does not select cursor', async () => {
    const server = await startJournal();
    server.append(1);
    const next = clientOf({ url: server.url })
      .subscribe('subscription ($after: String) { events(after: $after) { events } }', {})
      .next();
    await expect(next).rejects.toThrow(SignalboxError);
    await expect(next).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('cursor') });
  });

  it('is thrown for a document that is not text', () => {
    const client = clientOf({ url: 'http://127.0.0.1:1' });
    const parsed = { kind: 'Document', definitions: [] };
    expect(() => client.subscribe(parsed)).toThrow(/documentMode/);
  });
});

function coded(code: string, message: string, more = {}): Error {
  return Object.assign(new Error(message), { extensions: { code, ...more } });
}

function throttled(retryAfterMs: number): Error {
  return coded('THROTTLED', 'Slower.', { retryAfterMs });
}
