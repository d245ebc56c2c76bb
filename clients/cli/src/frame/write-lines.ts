import { once } from 'node:events';
import type { Context } from './context.ts';

/** Writes lines to standard output, and waits while its reader is slow. Ends the wait when the signal of the verb aborts. */
export async function writeLines(
  { io, signal }: Pick<Context, 'io' | 'signal'>,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0 || signal.aborted) return;
  if (io.stdout.write(`${lines.join('\n')}\n`)) return;
  await once(io.stdout, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
