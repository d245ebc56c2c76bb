import { afterEach, describe, expect, it } from 'vitest';
import type { TestTask } from '../../../test/support/runtime/cpu-pool-task.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { type CpuPoolOptions, createCpuPool } from './cpu-pool.ts';

const TASK = new URL('../../../test/support/runtime/cpu-pool-task.ts', import.meta.url);
const open: CpuPool[] = [];
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));

function poolOf(options?: CpuPoolOptions) {
  const pool = createCpuPool(options);
  open.push(pool);
  return (task: TestTask, { timeoutMs = 5_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
    pool.run<TestTask, unknown>(TASK, task, { timeoutMs, ...(signal && { signal }) });
}

const code = (run: Promise<unknown>) =>
  run.then(
    () => 'no fault',
    (error: unknown) => (error instanceof Fault ? error.code : error),
  );

describe('the CPU pool', () => {
  it('runs a TypeScript task in another thread and returns its result', async () => {
    const run = poolOf();
    const value = { text: 'żółć', list: [1, null, { a: true }], bytes: new Uint8Array([1, 2]) };
    expect(await run({ do: 'echo', value })).toEqual(value);
    expect(await run({ do: 'thread' })).not.toBe(0);
  });

  it('reuses a thread for the next task', async () => {
    const run = poolOf({ maxThreads: 1 });
    expect(await run({ do: 'thread' })).toBe(await run({ do: 'thread' }));
  });

  it('ends an idle thread', async () => {
    const run = poolOf({ maxThreads: 1, idleMs: 20 });
    const first = await run({ do: 'thread' });
    let next = first;
    for (let i = 0; i < 100 && next === first; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      next = await run({ do: 'thread' });
    }
    expect(next).not.toBe(first);
  });

  it('replaces a thread whose last task left much memory in use', async () => {
    const run = poolOf({ maxThreads: 1, maxMemoryMb: 200 });
    const first = await run({ do: 'thread' });
    expect(await run({ do: 'thread' })).toBe(first);
    await run({ do: 'litter', megabytes: 100 });
    expect(await run({ do: 'thread' })).not.toBe(first);
  });

  it('hides the environment from its threads', async () => {
    expect(await poolOf()({ do: 'environment' })).toEqual([]);
  });

  it('passes on a fault with all its parts', async () => {
    const fault = await poolOf()({ do: 'fault' }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({
      code: 'SCHEMA_VIOLATION',
      message: 'Two parts do not fit.',
      path: ['a', 'b'],
      violations: [{ path: '/a', message: 'must be a string', keyword: 'type' }],
      retryAfterMs: 5,
      details: { total: 2 },
    });
  });

  it('passes on any other error as a bug, with its stack', async () => {
    const error = await poolOf()({ do: 'bug' }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Fault);
    expect((error as Error).message).toBe('RangeError: off by one');
    expect((error as Error).stack).toContain('cpu-pool-task.ts');
  });

  it('stops a task that does not end, and continues with the next', async () => {
    const run = poolOf({ maxThreads: 1 });
    await run({ do: 'thread' });
    expect(await code(run({ do: 'spin' }, { timeoutMs: 200 }))).toBe('TIMEOUT');
    expect(await run({ do: 'echo', value: 1 })).toBe(1);
  });

  it('stops a task whose caller cancels it, while it runs and while it waits', async () => {
    const run = poolOf({ maxThreads: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = code(run({ do: 'spin' }, { signal: first.signal }));
    const queued = code(run({ do: 'spin' }, { signal: second.signal }));
    second.abort();
    expect(await queued).toBe('CANCELLED');
    first.abort(new Fault('TIMEOUT', 'The step took too long.'));
    expect(await running).toBe('TIMEOUT');
    expect(await code(run({ do: 'spin' }, { signal: first.signal }))).toBe('TIMEOUT');
    expect(await run({ do: 'echo', value: 2 })).toBe(2);
  });

  it('rejects a task when its queue is full, and says when to retry', async () => {
    const run = poolOf({ maxThreads: 1, maxQueued: 1 });
    const tasks = [run({ do: 'wait', ms: 50 }), run({ do: 'wait', ms: 1 })];
    const fault = await run({ do: 'thread' }).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: expect.any(Number) });
    await Promise.all(tasks);
    expect(await run({ do: 'echo', value: 3 })).toBe(3);
  });

  it('keeps a thread free from slow tasks', async () => {
    const run = poolOf({ maxThreads: 2 });
    const stop = new AbortController();
    const slow = [1, 2].map(() => code(run({ do: 'spin' }, { timeoutMs: 60_000, signal: stop.signal })));
    expect(await run({ do: 'echo', value: 4 })).toBe(4);
    expect(await run({ do: 'echo', value: 5 })).toBe(5);
    stop.abort();
    expect(await Promise.all(slow)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it.each(['hoard', 'hoard buffers'] as const)('ends a task that uses too much memory: %s', async (action) => {
    const run = poolOf({ maxThreads: 1, maxMemoryMb: 64 });
    expect(await code(run({ do: action }, { timeoutMs: 10_000 }))).toBe('RESOURCE_TOO_LARGE');
    expect(await run({ do: 'echo', value: 6 })).toBe(6);
  });

  it('survives a task that ends its thread', async () => {
    const run = poolOf({ maxThreads: 1 });
    expect(await code(run({ do: 'exit' }))).toBeInstanceOf(Error);
    expect(await run({ do: 'echo', value: 7 })).toBe(7);
  });

  it('runs all tasks of a burst, whatever its size', async () => {
    const run = poolOf();
    const values = Array.from({ length: 100 }, (_, i) => i);
    expect(await Promise.all(values.map((value) => run({ do: 'echo', value })))).toEqual(values);
  });

  it('rejects tasks once closed, and leaves none hanging', async () => {
    const pool = createCpuPool({ maxThreads: 1 });
    const tasks = [1, 2].map(() => code(pool.run(TASK, { do: 'spin' }, { timeoutMs: 5_000 })));
    await pool.close();
    expect(await Promise.all(tasks)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(await code(pool.run(TASK, { do: 'thread' }, { timeoutMs: 5_000 }))).toBe('UNAVAILABLE');
  });
});
