import { setTimeout as sleep } from 'node:timers/promises';
import { assertRoom, type QuotaTable, type WorkspaceUsage } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Logger } from '../../core/telemetry.ts';
import { MAX_DEPTH, measureBeneath } from '../../lib/system/beneath.ts';
import type { Attempt } from '../model/attempt.ts';

/** The folders of runs, within the quotas of those who started them. */
export interface RunWorkspaces {
  /**
   * The folder of the run, for an attempt that `within` performs.
   * @throws Fault UNAVAILABLE, THROTTLED when a quota is used up
   */
  open(attempt: Attempt): Promise<string>;
  /**
   * Performs an attempt. What its workspace takes is measured when it is opened, meanwhile, and at the end; when that
   * exceeds a quota, the attempt is ended with THROTTLED.
   */
  within<Result>(attempt: Attempt, perform: (attempt: Attempt) => Promise<Result>): Promise<Result>;
}

interface RunWorkspacesDeps {
  /** Creates the folder of a run, if necessary. */
  folder(runId: string): Promise<string>;
  readonly usage: WorkspaceUsage;
  readonly limits: QuotaTable;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MIN_INTERVAL_MS = 500;
/** The part of the time that measuring may take. */
const MAX_LOAD = 1 / 20;
/** What is above is not counted further. */
const MOST = { bytes: 2 ** 50, files: 20_000_000 };

/** An attempt that may open the folder of its run. */
interface Entry {
  folder?: string;
  /** Begins to measure the folder from time to time. */
  begin(folder: string): void;
}

export function createRunWorkspaces(deps: RunWorkspacesDeps): RunWorkspaces {
  const { usage, limits, clock, logger } = deps;
  const entries = new Map<string, Entry>();

  /** @throws Fault THROTTLED when a quota has no room for what is there, or for `least` more */
  const measure = async ({ run, step }: Attempt, folder: string, least: number) => {
    const use = await measureBeneath(folder, MOST);
    if (!use) throw tooDeepFault(step.key);
    const { id, principal: who } = run.record;
    for (const { quota, amount, use: total } of await usage.record({ id, who }, use, clock.now())) {
      const more = Math.max(least, amount);
      const before = { principal: total.principal - amount, tenant: total.tenant - amount };
      // What another run took is no reason to end this one.
      if (more > 0) assertRoom(quota, before, limits[quota], more, who);
    }
  };

  const watch = async (
    attempt: Attempt,
    folder: string,
    { stop, over }: { stop: AbortController; over: AbortSignal },
  ) => {
    for (let pauseMs = MIN_INTERVAL_MS; await pause(pauseMs, over); ) {
      const began = performance.now();
      try {
        await measure(attempt, folder, 0);
      } catch (error) {
        if (error instanceof Fault) stop.abort(error);
        else logger.warn('workspace.unmeasured', { runId: attempt.run.record.id, error: String(error) });
      }
      pauseMs = Math.max(MIN_INTERVAL_MS, (performance.now() - began) / MAX_LOAD);
    }
  };

  return {
    async open(attempt) {
      const folder = await deps.folder(attempt.run.record.id);
      const entry = entries.get(keyOf(attempt));
      if (!entry) throw new Error(`step ${attempt.step.key} opens the workspace outside of an attempt`);
      if (entry.folder !== undefined) return folder;
      await measure(attempt, folder, 1);
      entry.folder = folder;
      entry.begin(folder);
      return folder;
    },
    async within(attempt, perform) {
      const [stop, over] = [new AbortController(), new AbortController()];
      let watching: Promise<void> | undefined;
      const entry: Entry = {
        begin(folder) {
          watching ??= watch(attempt, folder, { stop, over: over.signal });
        },
      };
      const key = keyOf(attempt);
      entries.set(key, entry);
      try {
        return await perform({ ...attempt, signal: AbortSignal.any([attempt.signal, stop.signal]) });
      } finally {
        entries.delete(key);
        over.abort();
        await watching;
        // The next attempt is refused if it is too much.
        if (entry.folder !== undefined) await measure(attempt, entry.folder, 0).catch(() => {});
      }
    },
  };
}

function keyOf({ step }: Attempt): string {
  return `${step.id}/${step.attempt}`;
}

/** False when it was over before the time. */
async function pause(ms: number, over: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal: over, ref: false }).catch(() => false);
}

function tooDeepFault(step: string): Fault {
  const message = `The folders in the workspace of ${step} are nested deeper than ${MAX_DEPTH}, so their files cannot be counted. Use fewer levels.`;
  return new Fault('RESOURCE_TOO_LARGE', message);
}
