import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import { snapshotOf } from '../model/run-aggregate.ts';

interface FollowDeps {
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
export function isCompletedOrWaiting({ run }: RunSnapshot): boolean {
  return isFinalRunState(run.state) || run.state === 'WAITING';
}

const MAX_WAIT_MS = 60_000;

/** @throws Fault BAD_INPUT */
export function checkWait(waitMs: number): void {
  if (waitMs >= 0 && waitMs <= MAX_WAIT_MS) return;
  throw new Fault('BAD_INPUT', `waitMs must be from 0 to ${MAX_WAIT_MS}.`, { path: ['waitMs'] });
}

/** The run when it is durable, or with `waitMs` when it has ended, if that is sooner. @throws Fault as `RunHandle.completed` */
export async function waitForEnd(run: RunHandle, waitMs: number): Promise<RunSnapshot> {
  const ended = waitMs > 0 ? await endWithin(run, waitMs) : undefined;
  if (ended) return ended;
  await Promise.race([run.flush(), run.completed]);
  return snapshotOf(run.run);
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
