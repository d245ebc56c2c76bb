import { threadId } from 'node:worker_threads';
import { Fault } from '../../../src/core/errors.ts';

/** Tasks for the tests of the pool. */
export type TestTask =
  | { readonly do: 'echo'; readonly value: unknown }
  | { readonly do: 'thread' }
  | { readonly do: 'environment' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'spin' }
  | { readonly do: 'litter'; readonly megabytes: number }
  | { readonly do: 'hoard' }
  | { readonly do: 'hoard buffers' }
  | { readonly do: 'fault' }
  | { readonly do: 'bug' }
  | { readonly do: 'exit' };

export async function run(task: TestTask): Promise<unknown> {
  switch (task.do) {
    case 'echo':
      return task.value;
    case 'thread':
      return threadId;
    case 'environment':
      return Object.keys(process.env);
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, task.ms));
      return threadId;
    case 'spin':
      for (;;);
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
