import { once } from 'node:events';
import { closedLoop, type LoopOptions } from './closed-loop.ts';
import type { OpenSubject, SubjectOptions } from './subject.ts';

/** The argument of the process, as JSON. */
export interface LoadOrder extends SubjectOptions, LoopOptions {
  /** URL of the module that exports `open`. */
  readonly module: string;
}

/** Opens the subject, sends `ready`, waits for `go`, so that several processes begin together, and sends its Load. */
async function main(order: LoadOrder): Promise<void> {
  const { open } = (await import(order.module)) as { readonly open: OpenSubject };
  const subject = await open(order);
  process.send?.('ready');
  await once(process, 'message');
  const load = await closedLoop(subject, order);
  await new Promise((resolve) => process.send?.(load, resolve));
  await subject.close();
  // A peer may leave a timer or a connection behind.
  process.exit();
}

await main(JSON.parse(process.argv[2] ?? 'null') as LoadOrder);
