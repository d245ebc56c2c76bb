import { existsSync, readFileSync } from 'node:fs';
import { SETPRIV } from '../../lib/system/end-with-parent.ts';

/** What holds for a worker. */
export interface WorkerLimits {
  /** The kernel refuses memory beyond the limit. */
  readonly memory: boolean;
  /** The worker ends with its server, also in the middle of a task. */
  readonly endsWithServer: boolean;
}

/** A task that reports the limits of its worker. */
export function run(): WorkerLimits {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return { memory: /^Max data size +\d+ /m.test(limits), endsWithServer: existsSync(SETPRIV) };
  } catch {
    return { memory: false, endsWithServer: false };
  }
}
