import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';
import type { Dispatcher } from '../driver/dispatcher.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import type { Quotas } from '../gate/quotas.ts';

export interface RunDoorDeps {
  readonly runs: Pick<RunRegistry, 'size'>;
  readonly dispatcher: Pick<Dispatcher, 'assertCapacity'>;
  readonly quotas: Pick<Quotas, 'admit' | 'assertFree'>;
  /** Maximum of runs in progress on this node. */
  readonly maxRuns: number;
}

/**
 * The door of every run that a request begins or continues.
 * @param begin called at once when there is room, so that requests that arrive together count each other
 * @throws Fault UNAVAILABLE when this node is at capacity, THROTTLED when the principal or its tenant is
 */
export async function admitRun<Result>(
  deps: RunDoorDeps,
  user: User,
  begin: () => Result | Promise<Result>,
): Promise<Result> {
  await deps.quotas.admit(user, { runsWaiting: 1 });
  admitShortRun(deps, user);
  if (deps.runs.size < deps.maxRuns) return begin();
  const message = `The server is at capacity: ${deps.maxRuns} runs are in progress. Try again when some have ended.`;
  throw new Fault('UNAVAILABLE', message, { retryAfterMs: 5_000 });
}

/**
 * The door of a run that never waits: of one step that needs no approval. Steps and their queue are limited, so it takes no
 * place of `maxRuns`, and is not refused while runs that wait hold them all.
 * @throws Fault UNAVAILABLE when this node is at capacity, THROTTLED when the principal or its tenant is
 */
export function admitShortRun({ dispatcher, quotas }: Pick<RunDoorDeps, 'dispatcher' | 'quotas'>, user: User): void {
  dispatcher.assertCapacity(user);
  quotas.assertFree(user, 'runsRunning');
}
