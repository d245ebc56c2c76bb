import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RequestIdentity } from '../driver/run-start.ts';
import type { Held } from '../flow/flow-control.ts';
import { awaitHandle, awaitStored, type FollowDeps, type Wait } from './wait-for-end.ts';

/**
 * Returns the run that the principal started with this key before, or starts one. Each request waits as long as it asks for,
 * whichever of them started the run.
 */
export type Idempotency = (
  user: User,
  identity: RequestIdentity,
  wait: Wait,
  start: () => Promise<RunHandle | Held>,
) => Promise<RunSnapshot>;

interface IdempotencyDeps extends FollowDeps {
  readonly reader: Pick<StoreReader, 'runByIdempotencyKey' | 'snapshot'>;
  /** How long a command that was started before may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A run of this node, which need not be durable yet, or one that the database has. */
type Started = { readonly handle: RunHandle } | { readonly stored: RunRecord };

/** The same key returns the same run: concurrently, after a restart, and on another node. */
export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  const { reader } = deps;
  /** Until they are durable. */
  const underWay = new Map<string, Promise<Started>>();

  const find = async (user: User, key: string): Promise<Started | undefined> => {
    const stored = await reader.runByIdempotencyKey(user.tenant, user.subject, key);
    return stored && { stored };
  };

  const answer = async (started: Started, wait: Wait, requestDigest: string): Promise<RunSnapshot> => {
    assertSameRequest('handle' in started ? started.handle.run.record : started.stored, requestDigest);
    if ('handle' in started) return awaitHandle(started.handle, wait);
    return awaitStored(deps, started.stored, wait);
  };

  return async (user, { idempotencyKey: key, requestDigest }, wait, start) => {
    if (key === undefined) return answer(toStarted(await start()), wait, requestDigest);
    const name = JSON.stringify([user.tenant, user.subject, key]);
    const earlier = underWay.get(name);
    const started = earlier ?? find(user, key).then(async (found) => found ?? toStarted(await start()));
    if (!earlier) underWay.set(name, started);
    try {
      return await answer(await started, wait, requestDigest);
    } catch (error) {
      // Another node was faster.
      const isConflict = error instanceof Fault && error.code === 'CONFLICT';
      const other = isConflict ? await find(user, key) : undefined;
      if (other) return answer(other, wait, requestDigest);
      throw error;
    } finally {
      if (!earlier) underWay.delete(name);
    }
  };
}

function toStarted(started: RunHandle | Held): Started {
  return 'held' in started ? { stored: started.held } : { handle: started };
}

function assertSameRequest(run: RunRecord, requestDigest: string): void {
  if (run.requestDigest === requestDigest) return;
  const message = `This idempotency key belongs to run ${run.id}, which was a different request. Use a new key.`;
  throw new Fault('CONFLICT', message, { path: ['idempotencyKey'], details: { runId: run.id } });
}
