import { abortFault } from '../core/abort.ts';
import { unlessAborted } from './unless-aborted.ts';

/** When the last of those that work or wait has ended, for each folder. */
const ends = new Map<string, Promise<void>>();

/**
 * Begins when all that were called before for this folder have ended, however they ended.
 * @throws Fault CANCELLED, TIMEOUT when the signal is aborted while it waits
 */
export async function inTurn<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = ends.get(folder) ?? Promise.resolve();
  const turn = before.then(() => {
    if (signal.aborted) throw abortFault(signal);
    return work();
  });
  const end = turn.then(
    () => {},
    () => {},
  );
  ends.set(folder, end);
  void end.then(() => ends.get(folder) === end && ends.delete(folder));
  await unlessAborted(before, signal);
  return turn;
}
