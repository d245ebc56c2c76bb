import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { EVENTS, follow, RUN_EVENTS, seqsOf, upTo } from '../../../../test/support/surfaces/event-subscriptions.ts';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

describe('a subscription over WebSocket', () => {
  it('to a run begins with its first event and completes after its last', async () => {
    const id = await api.appendRun(250);
    const seen = await follow(api.client(), RUN_EVENTS, { id, batch: 100 });
    expect(seqsOf(seen)).toEqual(upTo(253));
    expect(Math.max(...seen.map(({ events }) => events.length))).toBe(100);
    const after = seen[1]?.cursor;
    expect(seqsOf(await follow(api.client(), RUN_EVENTS, { id, after }))).toEqual(upTo(253).slice(200));
    expect(await follow(api.client(), RUN_EVENTS, { id, after: seen.at(-1)?.cursor })).toEqual([]);
  });

  it('to a running run continues live until the run ends', async () => {
    const id = await api.appendRun(1, { end: false });
    const seqs: number[] = [];
    const done = follow(api.client(), RUN_EVENTS, { id }, undefined, ({ events }) =>
      seqs.push(...events.map((e) => e.seq)),
    );
    await expect.poll(() => seqs).toEqual([1, 2, 3]);
    const at = new Date();
    await api.app.journal.append(id, 4, [{ type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: 'live' } }]);
    await expect.poll(() => seqs).toEqual([1, 2, 3, 4]);
    await api.app.journal.append(id, 5, [
      { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
    ]);
    expect(seqsOf(await done)).toEqual([1, 2, 3, 4, 5]);
  });

  it('to everything begins now, unless it is given a cursor', async () => {
    const before = await api.appendRun(1);
    const client = api.client();
    let ready = () => {};
    const caughtUp = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const live = follow(
      client,
      EVENTS,
      {},
      (seqs) => seqs.length >= 4,
      ({ caughtUp }) => caughtUp && ready(),
    );
    await caughtUp;
    const after = await api.appendRun(1);
    const runs = new Set((await live).flatMap(({ events }) => events.map(({ runId }) => runId)));
    expect(runs).toEqual(new Set([after]));
    const begin = await api.ask('{ events(first: 1) { cursor } }');
    const all = await follow(
      client,
      EVENTS,
      { after: begin.data.events.cursor, filter: { runId: before } },
      (s) => s.length >= 4,
    );
    expect(seqsOf(all)).toEqual(upTo(4));
  });

  it('that is cut off resumes from its cursor without gap or repetition', async () => {
    const id = await api.appendRun(0, { end: false });
    const lines = 60;
    const at = new Date();
    const writing = (async () => {
      for (let i = 0; i < lines; i++) {
        await api.app.journal.append(id, 3 + i, [
          { type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: `${i}` } },
        ]);
      }
      await api.app.journal.append(id, 3 + lines, [
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'FAILED' } },
      ]);
    })();
    const seqs: number[] = [];
    let after: string | undefined;
    while (seqs.at(-1) !== lines + 3) {
      const client = api.client();
      let batches = 0;
      await follow(
        client,
        RUN_EVENTS,
        { id, after, batch: 3 },
        () => ++batches > 4,
        (batch) => {
          seqs.push(...batch.events.map(({ seq }) => seq));
          after = batch.cursor;
        },
      );
      client.terminate();
    }
    await writing;
    expect(seqs).toEqual(upTo(lines + 3));
  });

  it('shows each caller only what they may see, also when they share everything else', async () => {
    const filter = { types: ['RUN_CREATED'] };
    const { data } = await api.ask('{ events(first: 1000) { cursor } }');
    const watch = async (token: string, runs: number) => {
      const seen = await follow(
        api.client(token),
        EVENTS,
        { filter, after: data.events.cursor },
        (s) => s.length >= runs,
      );
      return seen.flatMap(({ events }) => events.map(({ runId }) => runId));
    };
    const watching = Promise.all([watch(ADMIN, 3), watch(ALICE, 1), watch(BOB, 1), watch(ADMIN, 3)]);
    const alice = await api.appendRun(0, { username: 'alice' });
    const bob = await api.appendRun(0, { username: 'bob' });
    await api.appendRun(0, { username: 'carol', tenant: 'other' });
    const admin = await api.appendRun(0);
    expect(await watching).toEqual([[alice, bob, admin], [alice], [bob], [alice, bob, admin]]);
  });

  it('to a run that one may not see, or a page that is too large, is refused', async () => {
    const id = await api.appendRun(0);
    const failure = async (token: string, variables: Record<string, unknown>) => {
      const errors = await follow(api.client(token), RUN_EVENTS, variables).catch((e) => e.errors ?? e);
      return errors[0].extensions.code;
    };
    expect(await failure(BOB, { id })).toBe('NOT_FOUND');
    expect(await failure(ADMIN, { id, batch: 1_001 })).toBe('BAD_INPUT');
    expect(await failure('', { id })).toBe('UNAUTHENTICATED');
    expect(api.subscriptions.open).toBe(0);
  });

  it('is left behind with nothing: no timer, no reader', async () => {
    const client = api.client();
    const stop = client.subscribe({ query: EVENTS }, { next: () => {}, error: () => {}, complete: () => {} });
    await expect.poll(() => api.subscriptions.open).toBe(1);
    stop();
    await expect.poll(() => api.subscriptions.open).toBe(0);
    client.subscribe({ query: EVENTS }, { next: () => {}, error: () => {}, complete: () => {} });
    await expect.poll(() => api.subscriptions.open).toBe(1);
    client.terminate();
    await expect.poll(() => api.subscriptions.open).toBe(0);
  });
});

describe('a reader that stops reading while 100,000 events pass', () => {
  const EVENTS_IN_ALL = 100_000;
  const AT_ONCE = 1_000;

  it('costs nothing but its place: little waits for it, nobody else is slowed, and later it gets everything', async () => {
    const id = await api.appendRun(0, { end: false });
    const counted = (socket: WebSocket) => {
      const count = { events: 0, gaps: 0, last: 0 };
      socket.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data));
        if (type === 'connection_ack') {
          socket.send(
            JSON.stringify({ type: 'subscribe', id: '1', payload: { query: RUN_EVENTS, variables: { id } } }),
          );
        }
        for (const { seq } of payload?.data?.runEvents.events ?? []) {
          if (seq !== count.last + 1) count.gaps += 1;
          count.last = seq;
          count.events += 1;
        }
      });
      return count;
    };
    const connect = async () => {
      const socket = api.socket();
      const count = counted(socket);
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { token: ADMIN } }));
      await expect.poll(() => count.events).toBe(2);
      return { socket, count };
    };
    const slow = await connect();
    const fast = await connect();
    slow.socket.pause();

    let waiting = 0;
    const at = new Date();
    for (let seq = 3; seq < EVENTS_IN_ALL; seq += AT_ONCE) {
      const line = { type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: 'x'.repeat(100) } } as const;
      await api.app.journal.append(id, seq, Array(AT_ONCE).fill(line));
      waiting = Math.max(waiting, ...[...api.connections].map(({ writableLength }) => writableLength));
    }
    await expect.poll(() => fast.count).toEqual({ events: EVENTS_IN_ALL + 2, gaps: 0, last: EVENTS_IN_ALL + 2 });
    expect(waiting).toBeLessThan(512 * 1024);
    expect(slow.count.events).toBeLessThan(EVENTS_IN_ALL);

    slow.socket.resume();
    await expect.poll(() => slow.count).toEqual(fast.count);
    slow.socket.close();
    fast.socket.close();
  });
});
