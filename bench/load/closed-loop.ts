import { readFileSync } from 'node:fs';
import type { Subject } from './subject.ts';

/**
 * MiB of memory that this process has now, or had at most (see proc(5): VmRSS, VmHWM). Not `resourceUsage().maxRSS`,
 * which in a child starts at what its parent had when it was made.
 */
export function rssMiB(which: 'now' | 'peak'): number {
  const field = which === 'now' ? /VmRSS:\s+(\d+)/ : /VmHWM:\s+(\d+)/;
  return Number(field.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1_024;
}

/** What one process did in the time that counts. */
export interface Load {
  readonly runs: number;
  readonly seconds: number;
  /** Milliseconds from the start of each run to its durable end. */
  readonly latencies: readonly number[];
  /** Of this process, its threads included; a database server is not part of it. */
  readonly cpuSeconds: number;
  /** The most it had since it began. */
  readonly rssMiB: number;
}

export interface LoopOptions {
  readonly concurrency: number;
  readonly seconds: number;
  /** Runs that end in this time before do not count: connections, plans and machine code are made then. */
  readonly warmUpSeconds: number;
}

/** Keeps `concurrency` runs under way: each that ends is followed by another. Rejects with the first that fails. */
export async function closedLoop(subject: Subject, options: LoopOptions): Promise<Load> {
  const batch = subject.batch ?? 1;
  const from = performance.now() + options.warmUpSeconds * 1_000;
  const until = from + options.seconds * 1_000;
  const latencies: number[] = [];
  let before = process.cpuUsage();
  const mark = setTimeout(() => {
    before = process.cpuUsage();
  }, options.warmUpSeconds * 1_000);

  const lane = async () => {
    for (let began = performance.now(); began < until; ) {
      await subject.perform();
      const ended = performance.now();
      if (ended >= from && ended < until) for (let i = 0; i < batch; i += 1) latencies.push(ended - began);
      began = ended;
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, Math.floor(options.concurrency / batch)) }, lane));
  } finally {
    clearTimeout(mark);
  }
  // The last runs end a moment after the time that counts; a run's length of CPU is too much by so little.
  const cpu = process.cpuUsage(before);
  return {
    runs: latencies.length,
    seconds: options.seconds,
    latencies,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    rssMiB: rssMiB('peak'),
  };
}
