import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { CommittedAppend } from './append-queue.ts';
import { createEventStream } from './event-stream.ts';
import { createEventView } from './event-view.ts';
import { createLiveTail, type Follower, type LiveTail } from './live-tail.ts';

const view = createEventView({}, { tenant: 'default' });

function watched() {
  const followers = new Set<Follower>();
  const tail = createLiveTail(3);
  const spied: LiveTail = Object.create(tail, {
    follow: {
      value: (follower: Follower) => {
        followers.add(follower);
        tail.follow(follower);
      },
    },
    unfollow: {
      value: (follower: Follower) => {
        followers.delete(follower);
        tail.unfollow(follower);
      },
    },
  });
  return { tail: spied, followers };
}

it('leaves nothing behind if it ends while it waits', async () => {
  const { tail, followers } = watched();
  const page = async (): Promise<EventBatch> => ({ events: [], position: 3, caughtUp: true });
  for (const how of ['abort', 'return'] as const) {
    const stop = new AbortController();
    const stream = createEventStream({ tail, page }, view, 3, 10, stop.signal);
    await stream.next();
    const waiting = stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(followers.size).toBe(1);
    if (how === 'abort') stop.abort();
    else await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(followers.size).toBe(0);
  }
});

it('throws the error of the store, and continues from its position on the next call', async () => {
  const { tail } = watched();
  let fails = true;
  const page = async (): Promise<EventBatch> => {
    if (fails) throw new Error('disk I/O error');
    return { events: [], position: 3, caughtUp: true };
  };
  const stream = createEventStream({ tail, page }, view, 1, 10, new AbortController().signal);
  await expect(stream.next()).rejects.toThrow('disk I/O error');
  fails = false;
  expect((await stream.next()).value).toEqual({ events: [], position: 3, caughtUp: true });
  await stream.return?.();
});

it('keeps commits in memory from its start to its end, even if it is aborted before its first page', async () => {
  const at = new Date();
  const events = (position: number): Event[] => [
    {
      ...{ type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: 'x' } },
      ...{ position, runId: 'run_a', seq: position, prevHash: '', hash: '', tenant: 'default', subject: 'alice' },
    } as Event,
  ];
  for (const how of ['abort', 'return'] as const) {
    const tail = createLiveTail(3);
    const publish = (position: number) =>
      tail.publish([{ events: events(position), workflow: undefined, characters: 100 }]);
    const page = async (): Promise<EventBatch> => ({ events: [], position: 4, caughtUp: true });
    const stop = new AbortController();
    const stream = createEventStream({ tail, page }, view, 3, 10, stop.signal);
    publish(4);
    expect(tail.readAfter(3, view, 10)?.events).toHaveLength(1);
    if (how === 'abort') stop.abort();
    else await stream.return?.();
    expect(tail.readAfter(3, view, 10)).toBeUndefined();
    publish(5);
    expect([tail.head, tail.readAfter(4, view, 10)]).toEqual([5, undefined]);
    // Aborted and returned: it leaves once, and does not affect other readers.
    tail.addReader();
    await stream.return?.();
    publish(6);
    expect(tail.readAfter(5, view, 10)?.events).toHaveLength(1);
  }
});

it('gives every event once and in order to calls that overlap, whatever fails between them', async () => {
  const commit = (position: number): CommittedAppend => ({
    events: [{ position, runId: 'run_1', tenant: 'default', type: 'LOG' } as Event],
    workflow: undefined,
    characters: 300,
  });
  const step = fc.constantFrom('next', 'publish', 'wait', 'fail', 'away' as const);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (steps, limit) => {
      const tail = createLiveTail(0);
      const stored: CommittedAppend[] = [];
      let fails = false;
      const page = async (_: unknown, after: number): Promise<EventBatch> => {
        if (fails) {
          fails = false;
          throw new Error('disk I/O error');
        }
        const events = stored.flatMap((one) => one.events).slice(after, after + limit);
        const position = events.at(-1)?.position ?? tail.head;
        return { events, position, caughtUp: position === tail.head };
      };
      const stop = new AbortController();
      const stream = createEventStream({ tail, page }, view, 0, limit, stop.signal);
      const received: number[] = [];
      const results: Promise<unknown>[] = [];
      const next = () => {
        const take = ({ value }: IteratorResult<EventBatch>) =>
          received.push(...(value?.events ?? []).map((event: Event) => event.position));
        results.push(stream.next().then(take, () => undefined));
      };
      for (const what of steps) {
        if (what === 'next') next();
        else if (what === 'wait') await new Promise((resolve) => setImmediate(resolve));
        else if (what === 'fail') fails = true;
        // What memory has forgotten is read from the store.
        else if (what === 'away') tail.reset(tail.head);
        else {
          stored.push(commit(stored.length + 1));
          tail.publish(stored.slice(-1));
        }
      }
      for (let i = 0; i < 2 * steps.length + 2; i += 1) next();
      await new Promise((resolve) => setImmediate(resolve));
      await expect.poll(() => received.length).toBe(stored.length);
      stop.abort();
      await Promise.all(results);
      expect(received).toEqual(stored.map((_, i) => i + 1));
    }),
  );
});
