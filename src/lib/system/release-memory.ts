import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives the operating system back what only the start of the server has used, some 30 MB: loading modules makes the young generation
 * grow to its maximum, and V8 shrinks it only in a collection of this kind. Blocks the thread for about 0.1 s.
 */
export function releaseStartMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: object) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
