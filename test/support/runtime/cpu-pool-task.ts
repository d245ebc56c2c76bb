import { existsSync, writeFileSync } from 'node:fs';
import { Fault } from '../../../src/core/errors.ts';

/** Tasks for the tests of the pool. */
export type TestTask =
  | { readonly do: 'echo'; readonly value: unknown }
  | { readonly do: 'process' }
  | { readonly do: 'environment' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'spin'; readonly ms?: number }
  /** Ends its own process by a signal, unless the file exists, which it then creates. */
  | { readonly do: 'die once'; readonly file: string; readonly signal: NodeJS.Signals }
  | { readonly do: 'litter'; readonly megabytes: number }
  | { readonly do: 'hoard' }
  | { readonly do: 'hoard buffers' }
  | { readonly do: 'hoard strings' }
  | { readonly do: 'fault' }
  | { readonly do: 'bug' }
  | { readonly do: 'exit' };

export async function run(task: TestTask): Promise<unknown> {
  switch (task.do) {
    case 'echo':
      return task.value;
    case 'process':
      return process.pid;
    case 'environment':
      return Object.keys(process.env);
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, task.ms));
      return process.pid;
    case 'spin':
      for (const until = cpuMs() + (task.ms ?? Number.POSITIVE_INFINITY); cpuMs() < until; )
        for (let i = 0; i < 100_000; i += 1) Math.sqrt(i);
      return process.pid;
    case 'die once':
      if (existsSync(task.file)) return 'survived';
      writeFileSync(task.file, '');
      process.kill(process.pid, task.signal);
      return new Promise(() => {});
    case 'litter':
      return Buffer.alloc(task.megabytes * 2 ** 20, 1).length;
    case 'hoard': {
      // Growing one array is what makes V8 abort the process at its own limit.
      const retained: unknown[] = [];
      for (let i = 0; ; i += 1) retained.push(i + 0.5, null);
    }
    case 'hoard buffers': {
      const retained: Buffer[] = [];
      for (;;) {
        retained.push(Buffer.alloc(2 ** 20, retained.length));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    case 'hoard strings': {
      // One call that allocates half a gigabyte: nothing in this process can stop it half-way.
      const text = 'x'.repeat(2 ** 28);
      return JSON.stringify([text, text]).length;
    }
    case 'fault':
      throw new Fault('SCHEMA_VIOLATION', 'Two parts do not fit.', {
        path: ['a', 'b'],
        violations: [{ path: '/a', message: 'must be a string', keyword: 'type' }],
        retryAfterMs: 5,
        details: { total: 2 },
      });
    case 'bug':
      throw new RangeError('off by one');
    case 'exit':
      process.exit(3);
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
