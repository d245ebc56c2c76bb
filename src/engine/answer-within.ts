import { Fault } from '../core/errors.ts';
import type { RunSnapshot } from '../core/run.ts';
import type { Driven } from './driver/drive-run.ts';
import { snapshotOf } from './model/run-aggregate.ts';

const LONGEST_WAIT_MS = 60_000;

/** @throws Fault BAD_INPUT */
export function checkWait(waitMs: number): void {
  if (waitMs >= 0 && waitMs <= LONGEST_WAIT_MS) return;
  throw new Fault('BAD_INPUT', `waitMs is from 0 to ${LONGEST_WAIT_MS}.`, { path: ['waitMs'] });
}

/** The run once it is durable, or as soon as it has ended, if that is within the time. */
export async function answerWithin(run: Driven, waitMs: number): Promise<RunSnapshot> {
  if (waitMs > 0) {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, waitMs, undefined);
    });
    const ended = await Promise.race([run.done, waited]).finally(() => clearTimeout(timer));
    if (ended) return ended;
  }
  await Promise.race([run.recorded(), run.done]);
  return snapshotOf(run.live);
}
