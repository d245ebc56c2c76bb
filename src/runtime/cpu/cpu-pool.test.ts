import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestTask } from '../../../test/support/runtime/cpu-pool-task.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import type { CpuOwner, CpuPool, CpuTaskOptions } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { type CpuPoolOptions, createCpuPool } from './cpu-pool.ts';
import { processUsage } from './process-usage.ts';

const TASK = new URL('../../../test/support/runtime/cpu-pool-task.ts', import.meta.url);
const PARENT = fileURLToPath(new URL('../../../test/support/runtime/cpu-pool-parent.ts', import.meta.url));
const ADA = { tenant: 'north', subject: 'ada' };
const BOB = { tenant: 'north', subject: 'bob' };
const EVE = { tenant: 'south', subject: 'eve' };
const open: CpuPool[] = [];
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));

function poolOf(options?: CpuPoolOptions) {
  const pool = createCpuPool(options);
  open.push(pool);
  return (task: TestTask, options: Partial<CpuTaskOptions> = {}, owner: CpuOwner = ADA) =>
    pool.of(owner).run<TestTask, unknown>(TASK, task, { timeoutMs: 5_000, ...options });
}

const code = (run: Promise<unknown>) =>
  run.then(
    () => 'no fault',
    (error: unknown) => (error instanceof Fault ? error.code : error),
  );

const isRunning = (pid: number) => existsSync(`/proc/${pid}/stat`) && processUsage(pid)?.rssBytes !== 0;

describe('the CPU pool', () => {
  it('runs a TypeScript task in another process and returns its result', async () => {
    const run = poolOf();
    const value = { text: 'żółć', list: [1, null, { a: true }], bytes: new Uint8Array([1, 2]) };
    expect(await run({ do: 'echo', value })).toEqual(value);
    expect(await run({ do: 'process' })).not.toBe(process.pid);
  });

  it('reuses a worker for the next task', async () => {
    const run = poolOf({ maxWorkers: 1 });
    expect(await run({ do: 'process' })).toBe(await run({ do: 'process' }));
  });

  it('ends an idle worker', async () => {
    const run = poolOf({ maxWorkers: 1, idleMs: 20 });
    const pid = (await run({ do: 'process' })) as number;
    while (isRunning(pid)) await sleep(10);
    expect(await run({ do: 'process' })).not.toBe(pid);
  });

  it('replaces a worker whose last task left much memory in use', async () => {
    const run = poolOf({ maxWorkers: 1, maxMemoryMb: 256 });
    const first = await run({ do: 'process' });
    expect(await run({ do: 'process' })).toBe(first);
    await run({ do: 'litter', megabytes: 120 });
    expect(await run({ do: 'process' })).not.toBe(first);
  });

  it('hides the environment from its workers', async () => {
    const names = (await poolOf()({ do: 'environment' })) as string[];
    expect(names.filter((name) => !name.startsWith('NODE_'))).toEqual([]);
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

  it('rejects an input that cannot be copied, and continues with the next', async () => {
    const run = poolOf({ maxWorkers: 1 });
    await expect(run({ do: 'echo', value: () => 1 })).rejects.toThrow(/could not be cloned/);
    expect(await run({ do: 'echo', value: 1 })).toBe(1);
  });

  it('stops a task whose caller cancels it, while it runs and while it waits', async () => {
    const run = poolOf({ maxWorkers: 1 });
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

  it('refuses a user of whom too many tasks wait, and says when to retry; others may wait', async () => {
    const run = poolOf({ maxWorkers: 1, maxQueued: 1 });
    const tasks = [run({ do: 'wait', ms: 50 }), run({ do: 'wait', ms: 1 })];
    const fault = await run({ do: 'process' }).catch((error: unknown) => error);
    expect(fault).toMatchObject({
      code: 'UNAVAILABLE',
      message: '1 of your tasks wait for a worker, which is the limit of one user. Try again in a moment.',
      retryAfterMs: expect.any(Number),
    });
    expect(await run({ do: 'echo', value: 3 }, {}, BOB)).toBe(3);
    await Promise.all(tasks);
    expect(await run({ do: 'echo', value: 3 })).toBe(3);
  });

  it('runs all tasks of a burst, whatever its size', async () => {
    const run = poolOf();
    const values = Array.from({ length: 100 }, (_, i) => i);
    expect(await Promise.all(values.map((value) => run({ do: 'echo', value })))).toEqual(values);
  });

  it('rejects tasks once closed, leaves none hanging and no process behind', async () => {
    const pool = createCpuPool({ maxWorkers: 1 });
    const cpu = pool.of(ADA);
    const pid = await cpu.run<TestTask, number>(TASK, { do: 'process' }, { timeoutMs: 5_000 });
    const tasks = [1, 2].map(() => code(cpu.run(TASK, { do: 'spin' }, { timeoutMs: 5_000 })));
    await pool.close();
    expect(await Promise.all(tasks)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(isRunning(pid)).toBe(false);
    expect(await code(cpu.run(TASK, { do: 'process' }, { timeoutMs: 5_000 }))).toBe('UNAVAILABLE');
  });
});

describe('a worker', () => {
  it('ends with a server that is killed, even in the middle of an endless task', async () => {
    const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    while ((processUsage(pid)?.cpuMs ?? 0) < 500) await sleep(10);
    parent.kill('SIGKILL');
    while (isRunning(pid)) await sleep(10);
  });
});

describe('a limit in time', () => {
  it('stops a task that does not end, names the limit, and continues with the next', async () => {
    const run = poolOf({ maxWorkers: 1 });
    await expect(run({ do: 'spin' }, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'This took more than 200 ms of CPU time and was stopped. Use less data, or split the work.',
    });
    const advice = 'Raise timeout_ms.';
    await expect(run({ do: 'spin' }, { timeoutMs: 200, advice })).rejects.toThrow(/stopped\. Raise timeout_ms\.$/);
    expect(await run({ do: 'echo', value: 1 })).toBe(1);
  });

  it('counts neither the start of a worker, nor waiting, nor the work of others', async () => {
    const run = poolOf({ maxWorkers: 1 });
    const others = [run({ do: 'spin', ms: 400 }, {}, BOB), run({ do: 'spin', ms: 400 }, {}, EVE)];
    expect(await code(run({ do: 'wait', ms: 300 }, { timeoutMs: 100 }))).toBe('no fault');
    await Promise.all(others);
  });
});

describe('a worker that is lost', () => {
  it('is replaced, and its task runs again', async () => {
    await using folder = await createTempFolder();
    const task: TestTask = { do: 'die once', file: join(folder.path, 'died'), signal: 'SIGKILL' };
    expect(await poolOf()(task)).toBe('survived');
  });

  it('is replaced a few times only', async () => {
    await expect(poolOf({ maxElapsedMs: 50 })({ do: 'wait', ms: 60_000 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The worker of this task was lost 3 times before the task had ended. Try again later.',
    });
  });

  it('is a bug of the task where the task ended it', async () => {
    const run = poolOf({ maxWorkers: 1 });
    await expect(run({ do: 'exit' })).rejects.toThrow('the worker process ended by exit code 3');
    expect(await run({ do: 'echo', value: 7 })).toBe(7);
  });
});

describe('seats', () => {
  it('are left by a user with endless tasks for others, whatever the tasks say of themselves', async () => {
    const run = poolOf({ maxWorkers: 2 });
    const stop = new AbortController();
    const endless = Array.from({ length: 50 }, () =>
      code(run({ do: 'spin' }, { timeoutMs: 10_000, signal: stop.signal })),
    );
    for (let i = 0; i < 3; i += 1) expect(await run({ do: 'echo', value: i }, {}, BOB)).toBe(i);
    stop.abort();
    expect(new Set(await Promise.all(endless))).toEqual(new Set(['CANCELLED']));
  });

  it('are left for quick tasks by two users with endless ones, which continue afterwards', async () => {
    const run = poolOf({ maxWorkers: 2 });
    const stop = new AbortController();
    const slow = [BOB, EVE].map((owner) => run({ do: 'spin', ms: 1_000 }, { signal: stop.signal }, owner));
    expect(await run({ do: 'echo', value: 4 })).toBe(4);
    expect(await run({ do: 'echo', value: 5 })).toBe(5);
    const pids = await Promise.all(slow);
    expect(new Set(pids).size).toBe(1);
  });

  it('are not taken by a program that was slow, until it was quick', async () => {
    const run = poolOf({ maxWorkers: 3 });
    const program = 'a';
    await Promise.all([ADA, BOB, EVE].map((owner) => run({ do: 'spin', ms: 300 }, { program }, owner)));
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const blockers = [BOB, EVE].map((owner) => run({ do: 'spin', ms: 600 }, { program }, owner));
    const slow = run({ do: 'echo', value: 1 }, { program }).then(note('measured slow'));
    const quick = run({ do: 'echo', value: 2 }, { program: 'b' }).then(note('not measured'));
    await Promise.all([slow, quick, ...blockers]);
    expect(order).toEqual(['not measured', 'measured slow']);
  });

  it('are taken in turn by tenants, then by users', async () => {
    const run = poolOf({ maxWorkers: 1 });
    const order: string[] = [];
    const first = run({ do: 'wait', ms: 50 });
    const owners = [ADA, ADA, ADA, BOB, BOB, EVE];
    const rest = owners.map((owner) => run({ do: 'process' }, {}, owner).then(() => order.push(owner.subject)));
    await Promise.all([first, ...rest]);
    expect(order).toEqual(['ada', 'eve', 'bob', 'ada', 'bob', 'ada']);
  });
});

describe('the memory of a worker', () => {
  it.each(['hoard', 'hoard buffers', 'hoard strings'] as const)('is limited as a whole: %s', async (action) => {
    const run = poolOf({ maxWorkers: 1, maxMemoryMb: 192 });
    let peak = 0;
    const pid = (await run({ do: 'process' })) as number;
    const watch = setInterval(() => {
      peak = Math.max(peak, processUsage(pid)?.rssBytes ?? 0);
    }, 2);
    await expect(run({ do: action }, { timeoutMs: 20_000 })).rejects.toMatchObject({
      code: 'RESOURCE_TOO_LARGE',
      message: 'This needs more than the 192 MiB of memory of one worker. Use less data.',
    });
    clearInterval(watch);
    expect(peak).toBeLessThan(192 * 2 ** 20 * 1.05);
    expect(await run({ do: 'echo', value: 6 })).toBe(6);
  });
});
