import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { RequestIdentity } from '../driver/run-start.ts';

/** Returns the run that the principal started with this key before, or starts one. */
export type Idempotency = (
  who: User,
  about: RequestIdentity,
  start: () => Promise<RunSnapshot>,
) => Promise<RunSnapshot>;

interface IdempotencyDeps {
  readonly reader: Pick<StoreReader, 'runByIdempotencyKey'>;
  /** The answer for a run that was started before. */
  onDuplicate(run: RunRecord): Promise<RunSnapshot>;
}

/** The same key returns the same run: concurrently, after a restart, and on another node. */
export function createIdempotency({ reader, onDuplicate: found }: IdempotencyDeps): Idempotency {
  const underWay = new Map<string, Promise<RunSnapshot>>();

  const startOrFind = async (who: User, key: string, start: () => Promise<RunSnapshot>): Promise<RunSnapshot> => {
    const stored = await reader.runByIdempotencyKey(who.tenant, who.subject, key);
    if (stored) return found(stored);
    try {
      return await start();
    } catch (error) {
      // Another node was faster.
      const isConflict = error instanceof Fault && error.code === 'CONFLICT';
      const other = isConflict ? await reader.runByIdempotencyKey(who.tenant, who.subject, key) : undefined;
      if (other) return found(other);
      throw error;
    }
  };

  return async (who, { idempotencyKey: key, requestDigest }, start) => {
    if (key === undefined) return start();
    const name = JSON.stringify([who.tenant, who.subject, key]);
    const earlier = underWay.get(name);
    if (earlier) return assertSameRequest(await earlier, requestDigest);
    const run = startOrFind(who, key, start);
    underWay.set(name, run);
    try {
      return assertSameRequest(await run, requestDigest);
    } finally {
      underWay.delete(name);
    }
  };
}

function assertSameRequest(run: RunSnapshot, requestDigest: string): RunSnapshot {
  if (run.run.requestDigest === requestDigest) return run;
  const message = `This idempotency key belongs to run ${run.run.id}, which was a different request. Use a new key.`;
  throw new Fault('CONFLICT', message, { path: ['idempotencyKey'], details: { runId: run.run.id } });
}
