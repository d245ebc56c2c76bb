import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Worker } from '../../../../cluster/workers/worker.ts';
import { Fault } from '../../../../core/errors.ts';
import { createContext, type GraphqlApp } from '../../request/context.ts';
import { watchWorkers } from './watch-workers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A subscriber of workers that the test changes. */
function watch(pool?: string) {
  const listeners = new Set<(worker: Worker) => void>();
  const stop = new AbortController();
  let snapshot = 'a';
  let isAllowed = true;
  const gate = {
    pass: () => {
      if (!isAllowed) throw new Fault('FORBIDDEN', 'no');
    },
  };
  const app = { gate, policy: { snapshot: () => snapshot } } as unknown as GraphqlApp;
  const principal = { kind: 'user', subject: 'ann', username: 'ann', tenant: 'default', roles: [] } as const;
  const ctx = createContext(app, { principal, address: '', draining: stop.signal }, stop.signal);
  const onChange = (listener: (worker: Worker) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const updates = watchWorkers(ctx, { onChange }, pool);
  return {
    updates,
    listeners,
    stop: () => stop.abort(),
    forbid: () => {
      snapshot = 'b';
      isAllowed = false;
    },
    change: (id: string, name = '') => {
      for (const listener of listeners) listener({ id, facts: { pool: name } } as Worker);
    },
    /** The ids of the next updates that arrive without waiting. */
    async arrived() {
      const ids: string[] = [];
      for (;;) {
        const next = await Promise.race([updates.next(), Promise.resolve().then(() => settle())]);
        if (!next || next.done) return ids;
        ids.push(next.value.worker.id);
      }
    },
  };
}

/** Lets what is ready happen. */
async function settle(): Promise<undefined> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  return undefined;
}

it('every worker is delivered when it changes, and then at most once a second, with its last state', async () => {
  const { updates, change } = watch();
  change('w1');
  change('w2');
  change('w1');
  const first = await updates.next();
  expect([first.value?.worker.id, (await updates.next()).value?.worker.id]).toEqual(['w1', 'w2']);
  change('w1', 'older');
  change('w1', 'newest');
  const pending = updates.next();
  let isDelivered = false;
  void pending.then(() => (isDelivered = true));
  await vi.advanceTimersByTimeAsync(999);
  expect(isDelivered).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  const next = await pending;
  expect(next.value?.worker).toMatchObject({ id: 'w1', facts: { pool: 'newest' } });
  // Results are kept in the object.
  expect(next.value).not.toBe(first.value);
});

it('a worker that changes all the time does not delay the others', async () => {
  const { updates, change } = watch();
  change('busy');
  await updates.next();
  for (let i = 0; i < 3; i += 1) {
    change('busy');
    change(`w${i}`);
    expect((await updates.next()).value?.worker.id).toBe(`w${i}`);
  }
});

it('only workers of the pool are delivered', async () => {
  const { updates, change } = watch('p');
  change('w1', 'other');
  change('w2', 'p');
  expect((await updates.next()).value?.worker.id).toBe('w2');
});

it('a slow reader gets each worker once, whatever happened meanwhile', async () => {
  const { change, arrived } = watch();
  for (let i = 0; i < 10_000; i += 1) change(`w${i % 10}`);
  expect(await arrived()).toEqual(Array.from({ length: 10 }, (_, i) => `w${i}`));
});

it('it ends when the subscriber leaves or the server stops, also while it waits', async () => {
  const [left, stopped] = [watch(), watch()];
  const pending = [left.updates.next(), stopped.updates.next()];
  stopped.stop();
  await left.updates.return?.();
  left.stop();
  expect(await Promise.all(pending)).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
  expect([left.listeners.size, stopped.listeners.size]).toEqual([0, 0]);
});

it('it ends when the policy no longer lets the subscriber see workers', async () => {
  const { updates, change, forbid } = watch();
  const pending = updates.next();
  forbid();
  change('w1');
  await expect(pending).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
