import { readFileSync } from 'node:fs';

/**
 * MiB of memory that this process has now, or had at most (see proc(5): VmRSS, VmHWM). Not `resourceUsage().maxRSS`,
 * which in a child starts at what its parent had when it was made.
 */
export function rssMiB(which: 'now' | 'peak'): number {
  const field = which === 'now' ? /VmRSS:\s+(\d+)/ : /VmHWM:\s+(\d+)/;
  return Number(field.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1_024;
}
