import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../core/errors.ts';

const READ_INTERVAL_MS = 100;
const MAX_READS = 100;

/**
 * Reads until two consecutive reads return the same. A file that is only half written may be valid: a policy
 * without its deny rules.
 * @param digest equal for equal reads
 * @throws Fault UNAVAILABLE when that takes more than about ten seconds, and what `read` throws
 */
export async function readStable<T>(
  read: () => Promise<T>,
  digest: (content: T) => string,
  { pauseMs = READ_INTERVAL_MS }: { readonly pauseMs?: number } = {},
): Promise<T> {
  let before: string | undefined;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const content = await read();
    const now = digest(content);
    if (now === before) return content;
    before = now;
    await setTimeout(pauseMs, undefined, { ref: false });
  }
  throw new Fault('UNAVAILABLE', 'The files keep changing. Replace them atomically, by renaming.');
}
