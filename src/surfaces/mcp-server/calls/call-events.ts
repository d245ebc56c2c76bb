import { setTimeout } from 'node:timers/promises';
import type { Event } from '../../../core/event.ts';
import type { Journal } from '../../../core/journal.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { RunRecord } from '../../../core/run.ts';
import type { StoreReader } from '../../../core/store-reader.ts';

const MIN_POLL_MS = 10;
const MAX_POLL_MS = 250;

/**
 * The run that a call has started under its key, as soon as it is recorded; short ones are only when they are over.
 * @param over aborts when the call has its answer: then it is looked for a last time
 */
export async function findRunOfCall(
  reader: Pick<StoreReader, 'runByIdempotencyKey'>,
  { tenant, subject }: SignedIn,
  key: string,
  over: AbortSignal,
): Promise<RunRecord | undefined> {
  for (let ms = MIN_POLL_MS; ; ms = Math.min(2 * ms, MAX_POLL_MS)) {
    const found = await reader.runByIdempotencyKey(tenant, subject, key);
    if (found || over.aborted) return found;
    await setTimeout(ms, undefined, { signal: over }).catch(() => {});
  }
}

const BATCH_SIZE = 1_000;

/** Forwards the events of a run while its call is pending. */
export interface EventForwarder {
  /** Tells the rest: all that the run had recorded when the call got its answer. Then nothing more. */
  finish(run: RunRecord): Promise<void>;
  /** Tells nothing more. */
  stop(): void;
}

/** @param found the run, once it is recorded */
export function forwardEvents(
  journal: Journal,
  found: Promise<RunRecord | undefined>,
  tell: (event: Event) => void,
): EventForwarder {
  const stopped = new AbortController();
  let position = 0;

  const live = async () => {
    const run = await found;
    if (!run || stopped.signal.aborted) return;
    const scope = { tenant: run.principal.tenant };
    const options = { signal: stopped.signal, limit: BATCH_SIZE };
    for await (const batch of journal.read(0, { runId: run.id }, scope, options)) {
      batch.events.forEach(tell);
      position = batch.position;
    }
  };
  // A store that cannot be read fails the call itself; its notifications may be missing.
  const told = live().catch(() => {});

  return {
    async finish({ id, headPosition, principal: { tenant } }) {
      stopped.abort();
      await told;
      while (position < headPosition) {
        const batch = await journal.page(position, { runId: id }, { tenant }, BATCH_SIZE);
        batch.events.forEach(tell);
        if (batch.position <= position) return;
        position = batch.position;
      }
    },
    stop: () => stopped.abort(),
  };
}
