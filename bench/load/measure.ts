import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { LoadOrder } from './child.ts';
import type { Load } from './closed-loop.ts';

/** The options that `npm start` passes to Node: memory limits. */
export const PRODUCTION_FLAGS: readonly string[] = packageJson.scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--'));

export interface MeasureOptions extends LoadOrder {
  /** Number of processes that share the concurrent runs. */
  readonly processes: number;
  /** Options for Node, in addition to those of every measured process. */
  readonly flags?: readonly string[];
}

/** Deprecation warnings of a peer's dependencies do not concern a reader of figures. */
const NODE_FLAGS = ['--disable-warning=DeprecationWarning'];
const CHILD = join(import.meta.dirname, 'child.ts');

/** Measures a subject in separate processes and adds up their work. Rejects if one of them ends early. */
export async function measure({ processes, flags = [], ...order }: MeasureOptions): Promise<Load> {
  const share: LoadOrder = { ...order, concurrency: Math.ceil(order.concurrency / processes) };
  const children: ChildProcess[] = [];
  try {
    // One after another: the first creates the tables.
    for (let i = 0; i < processes; i += 1) {
      const child = fork(CHILD, [JSON.stringify(share)], { execArgv: [...NODE_FLAGS, ...flags] });
      children.push(child);
      await messageOf<'ready'>(child);
    }
    for (const child of children) child.send('go');
    const loads = await Promise.all(children.map((child) => messageOf<Load>(child)));
    await Promise.all(children.map(ended));
    const sum = (of: (load: Load) => number) => loads.reduce((total, load) => total + of(load), 0);
    return {
      runs: sum((load) => load.runs),
      seconds: order.seconds,
      latencies: loads.flatMap((load) => load.latencies),
      cpuSeconds: sum((load) => load.cpuSeconds),
      rssMiB: sum((load) => load.rssMiB),
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** The next message of a process. Rejects when it ends without one. */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const early = new AbortController();
  const message = once(child, 'message', { signal: early.signal });
  const exit = once(child, 'exit', { signal: early.signal }).then(([code, signal]) => {
    throw new Error(`the measured process ended with ${code ?? signal} before it was done; its output says why`);
  });
  try {
    const [value] = await Promise.race([message, exit]);
    return value as T;
  } finally {
    early.abort();
    // Both end with the abort; nobody waits for the other one.
    await Promise.allSettled([message, exit]);
  }
}

/** A peer that cannot close in time is ended by the caller. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  await once(child, 'exit', { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
}
