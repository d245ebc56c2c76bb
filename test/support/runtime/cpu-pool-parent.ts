import { createCpuPool } from '../../../src/runtime/cpu/cpu-pool.ts';
import type { TestTask } from './cpu-pool-task.ts';

/** A process with a pool whose only worker never ends. Prints the process ID of the worker. */
const cpu = createCpuPool({ maxWorkers: 1 }).of({ tenant: 'north', subject: 'ada' });
const run = (task: TestTask) =>
  cpu.run<TestTask, unknown>(new URL('./cpu-pool-task.ts', import.meta.url), task, { timeoutMs: 60_000 });
process.stdout.write(`${await run({ do: 'process' })}\n`);
await run({ do: 'spin' });
