import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject } from './subject.ts';

/**
 * Resident memory of this process in MiB, now or at its peak (see proc(5): VmRSS, VmHWM). Not `resourceUsage().maxRSS`,
 * which in a child process starts with the memory of its parent.
 */
export function rssMiB(which: 'now' | 'peak'): number {
  const field = which === 'now' ? /VmRSS:\s+(\d+)/ : /VmHWM:\s+(\d+)/;
  return Number(field.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1_024;
}

/** The work of one process in the measured time. */
export interface Load {
  readonly runs: number;
  readonly seconds: number;
  /** Milliseconds from the start of each run to its durable end. */
  readonly latencies: readonly number[];
  /** Of this process with its threads, without the database server. */
  readonly cpuSeconds: number;
  /** Peak memory since its start. */
  readonly rssMiB: number;
}

export interface LoopOptions {
  readonly concurrency: number;
  readonly seconds: number;
  /** Time before the measurement; runs that end in it do not count (connections, query plans, compilation). */
  readonly warmUpSeconds: number;
  /**
   * Runs that begin per second, evenly, whether or not earlier ones have ended, at most `concurrency` at once. A latency then counts from
   * the time at which its run was to begin. Default: each begins when another ends.
   */
  readonly rate?: number;
}

/** Keeps `concurrency` runs active: each that ends is followed by another; or begins runs at a rate. Rejects with the first error. */
export async function closedLoop(subject: Subject, options: LoopOptions): Promise<Load> {
  const batch = subject.batch ?? 1;
  const from = performance.now() + options.warmUpSeconds * 1_000;
  const until = from + options.seconds * 1_000;
  const latencies: number[] = [];
  let before = process.cpuUsage();
  const mark = setTimeout(() => {
    before = process.cpuUsage();
  }, options.warmUpSeconds * 1_000);

  const first = performance.now();
  let begun = 0;
  const begin = async (now: number) => {
    if (options.rate === undefined) return now;
    const due = first + (begun * 1_000) / options.rate;
    begun += 1;
    if (due > now) await sleep(due - now);
    return due;
  };
  const lane = async () => {
    for (let began = await begin(first); began < until; ) {
      await subject.perform();
      const ended = performance.now();
      if (ended >= from && ended < until) for (let i = 0; i < batch; i += 1) latencies.push(ended - began);
      began = await begin(ended);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, Math.floor(options.concurrency / batch)) }, lane));
  } finally {
    clearTimeout(mark);
  }
  // The last runs end a moment after the measured time; the error is at most the CPU time of one run each.
  const cpu = process.cpuUsage(before);
  return {
    runs: latencies.length,
    seconds: options.seconds,
    latencies,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    rssMiB: rssMiB('peak'),
  };
}
