import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { RequestIdentity } from '../driver/run-start.ts';

/** Returns the run that the principal started with this key before, or starts one. */
export type Idempotency = (
  user: User,
  identity: RequestIdentity,
  start: () => Promise<RunSnapshot>,
) => Promise<RunSnapshot>;

interface IdempotencyDeps {
  readonly reader: Pick<StoreReader, 'runByIdempotencyKey'>;
  /** The answer for a run that was started before. */
  onDuplicate(run: RunRecord): Promise<RunSnapshot>;
}

/** The same key returns the same run: concurrently, after a restart, and on another node. */
export function createIdempotency({ reader, onDuplicate }: IdempotencyDeps): Idempotency {
  const underWay = new Map<string, Promise<RunSnapshot>>();

  const startOrFind = async (user: User, key: string, start: () => Promise<RunSnapshot>): Promise<RunSnapshot> => {
    const stored = await reader.runByIdempotencyKey(user.tenant, user.subject, key);
    if (stored) return onDuplicate(stored);
    try {
      return await start();
    } catch (error) {
      // Another node was faster.
      const isConflict = error instanceof Fault && error.code === 'CONFLICT';
      const other = isConflict ? await reader.runByIdempotencyKey(user.tenant, user.subject, key) : undefined;
      if (other) return onDuplicate(other);
      throw error;
    }
  };

  return async (user, { idempotencyKey: key, requestDigest }, start) => {
    if (key === undefined) return start();
    const name = JSON.stringify([user.tenant, user.subject, key]);
    const earlier = underWay.get(name);
    if (earlier) return assertSameRequest(await earlier, requestDigest);
    const run = startOrFind(user, key, start);
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
