import { Fault } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { StoreReader } from '../core/store.ts';
import { apply, type LiveRun, openRun } from './model/run-aggregate.ts';

/** A run as its events tell it. @throws Fault NOT_FOUND */
export async function loadRun(
  reader: Pick<StoreReader, 'history'>,
  runId: string,
): Promise<{ readonly live: LiveRun; readonly recorded: number; readonly opening: Event & { type: 'RUN_CREATED' } }> {
  let live: LiveRun | undefined;
  let opening: (Event & { type: 'RUN_CREATED' }) | undefined;
  let head: Event | undefined;
  for await (const event of reader.history(runId)) {
    if (event.type === 'RUN_CREATED') {
      opening = event;
      live = openRun(runId, event.at, event.payload);
    } else if (live) apply(live, event);
    head = event;
  }
  if (!live || !opening || !head) throw new Fault('NOT_FOUND', `There is no run ${runId}.`);
  Object.assign(live.run, { seq: head.seq, headPosition: head.position, headHash: head.hash });
  return { live, recorded: head.seq, opening };
}
