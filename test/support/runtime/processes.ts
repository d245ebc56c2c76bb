import { readdirSync, readFileSync } from 'node:fs';

/** The ids of this machine's processes whose command line contains a text; arguments are separated by U+0000. */
export function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
