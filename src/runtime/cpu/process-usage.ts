import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of all threads since the start. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** The unit of times in /proc is the same on all Linux systems (proc(5): USER_HZ). */
const TICK_MS = 10;
/** Of the fields after the name of the program, which may contain spaces. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** What a process has used so far, measured from outside: it need not cooperate. Undefined where there is no /proc, or no process. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
    return { cpuMs: ticks * TICK_MS, rssBytes: Number(rss ?? 0) * 1_024 };
  } catch {
    return undefined;
  }
}
