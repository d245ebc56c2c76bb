import { setTimeout } from 'node:timers/promises';
import type { SignedIn } from '../core/principal.ts';
import type { RunRecord } from '../core/run.ts';
import type { StoreReader } from '../core/store-reader.ts';

const FIRST_MS = 10;
const MOST_MS = 250;

/**
 * The run that a call has started under its key, as soon as it is recorded; short ones are only when they are over.
 * @param over aborts when the call has its answer: then it is looked for a last time
 */
export async function runOfCall(
  reader: Pick<StoreReader, 'runByIdempotencyKey'>,
  { tenant, subject }: SignedIn,
  key: string,
  over: AbortSignal,
): Promise<RunRecord | undefined> {
  for (let ms = FIRST_MS; ; ms = Math.min(2 * ms, MOST_MS)) {
    const found = await reader.runByIdempotencyKey(tenant, subject, key);
    if (found || over.aborted) return found;
    await setTimeout(ms, undefined, { signal: over }).catch(() => {});
  }
}
