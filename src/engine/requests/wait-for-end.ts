import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import { snapshotOf } from '../model/run-aggregate.ts';

export interface FollowDeps {
  readonly journal: Journal;
  readonly reader: Pick<StoreReader, 'snapshot'>;
}

/**
 * Waits for a run that another node may drive.
 * @param enough tested now, and after each change of the run
 * @returns the run as soon as `enough` is true; its current state when `signal` aborts
 * @throws Fault NOT_FOUND
 */
export async function followRun(
  { journal, reader }: FollowDeps,
  tenant: string,
  runId: string,
  enough: (run: RunSnapshot) => boolean,
  signal: AbortSignal,
): Promise<RunSnapshot> {
  const look = async () => {
    const snapshot = await reader.snapshot({ tenant }, runId);
    if (!snapshot) throw new Fault('NOT_FOUND', `There is no run ${runId}.`);
    return snapshot;
  };
  let run = await look();
  if (enough(run) || signal.aborted) return run;
  for await (const batch of journal.read(run.run.headPosition, { runId }, { tenant }, { signal })) {
    if (batch.events.length === 0) continue;
    run = await look();
    if (enough(run)) return run;
  }
  return look();
}

/** The run has ended, or all its remaining steps wait. */
function isCompletedOrWaiting({ run }: RunSnapshot): boolean {
  return isFinalRunState(run.state) || run.state === 'WAITING';
}

const MAX_WAIT_MS = 60_000;

/** @throws Fault BAD_INPUT */
export function checkWait(waitMs: number): void {
  if (waitMs >= 0 && waitMs <= MAX_WAIT_MS) return;
  throw new Fault('BAD_INPUT', `waitMs must be from 0 to ${MAX_WAIT_MS}.`, { path: ['waitMs'] });
}

/** For the end of a run, in milliseconds; or until it has ended or all that is left of it waits, at most `timeoutMs`. */
export type Wait = number | 'completedOrWaiting';

/**
 * A run that this node drives, when it is durable; with a number, when it has ended, if that is sooner.
 * @throws Fault as `RunHandle.completed`
 */
export async function awaitHandle(run: RunHandle, wait: Wait): Promise<RunSnapshot> {
  if (wait === 'completedOrWaiting') return run.completedOrWaiting();
  const ended = wait > 0 ? await endWithin(run, wait) : undefined;
  if (ended) return ended;
  await Promise.race([run.flush(), run.completed]);
  return snapshotOf(run.run);
}

/** The same for a run that was started before, maybe by another node. @throws Fault NOT_FOUND */
export function awaitStored(
  deps: FollowDeps & { readonly timeoutMs: number },
  { id, principal: { tenant } }: RunRecord,
  wait: Wait,
): Promise<RunSnapshot> {
  if (wait === 'completedOrWaiting')
    return followRun(deps, tenant, id, isCompletedOrWaiting, AbortSignal.timeout(deps.timeoutMs));
  const isEnough = ({ run }: RunSnapshot) => wait === 0 || isFinalRunState(run.state);
  return followRun(deps, tenant, id, isEnough, AbortSignal.timeout(wait));
}

async function endWithin(run: RunHandle, waitMs: number): Promise<RunSnapshot | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, waitMs, undefined);
  });
  const letGo = run.hold();
  return Promise.race([run.completed, waited]).finally(() => {
    clearTimeout(timer);
    letGo();
  });
}
