import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactRemoval, WorkspaceRemoval } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { createArtifactReferences } from './artifact-references.ts';
import { createRunRemoval } from './run-removal.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Bytes are put before the event that names them: within the longest time that a command may take, and some more. */
const GRACE_MS = DAY_MS + HOUR_MS;

/** A server that is starting has other things to do. */
const INITIAL_DELAY_MS = 60_000;

/** Between two batches, so that appends do not wait behind more than one. */
const BATCH_PAUSE_MS = 20;

/** Digests that one statement asks about. */
const MAX_QUERY_DIGESTS = 200;

/** Removes what is older than it has to be kept. */
export interface Retention {
  /** Removes everything that has become too old. One at a time. */
  tick(): Promise<{ readonly runs: number; readonly artifacts: number }>;
  /** Lets the batch under way finish, and ends. */
  stop(): Promise<void>;
}

export interface RetentionOptions {
  readonly artifacts: ArtifactRemoval;
  /** Those of runs that are no longer there go too. */
  readonly workspaces?: WorkspaceRemoval;
  readonly clock: Clock;
  /** How long a run is kept after its end. Undefined keeps every run; artifacts that nothing refers to go all the same. */
  readonly days: number | undefined;
}

interface RetentionDeps extends RetentionOptions {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly logger: Logger;
}

/**
 * Starts removing, a minute from now and then every hour. A run goes with all its rows at once, and the journal's floor moves up in the same
 * transaction; its leaf and the checkpoints stay. Bytes go when no row refers to them any more.
 */
export function createRetention(deps: RetentionDeps): Retention {
  const { prisma, transactions, artifacts, workspaces, clock, logger, days } = deps;
  const ended = new AbortController();
  const removeRuns = createRunRemoval({ prisma, transactions });
  const references = createArtifactReferences(prisma);
  let sweptAt = Number.NEGATIVE_INFINITY;

  const removeUnreferenced = async (digests: readonly string[], before: Date): Promise<number> => {
    const needed = await references.filterReferenced(digests);
    let count = 0;
    for (const digest of digests.filter((each) => !needed.has(each))) {
      const isNeeded = async () => (await references.filterReferenced([digest])).size > 0;
      if (await artifacts.removeUnused(digest, before, isNeeded)) count += 1;
    }
    return count;
  };

  /** Also finds what a crash left behind: bytes whose run is gone, or never came to be. */
  const sweep = async (before: Date): Promise<number> => {
    let count = 0;
    let digests: string[] = [];
    for await (const digest of artifacts.unusedSince(before)) {
      if (ended.signal.aborted) return count;
      digests.push(digest);
      if (digests.length < MAX_QUERY_DIGESTS) continue;
      count += await removeUnreferenced(digests, before);
      digests = [];
    }
    return count + (await removeUnreferenced(digests, before));
  };

  const sweepWorkspaces = async (before: Date): Promise<void> => {
    for await (const id of workspaces?.unusedSince(before) ?? []) {
      if (ended.signal.aborted) return;
      if ((await prisma.run.count({ where: { id } })) === 0) await workspaces?.remove(id);
    }
  };

  const tidy = async () => {
    const now = clock.now().getTime();
    const unused = new Date(now - GRACE_MS);
    let [runs, files] = [0, 0];
    if (days !== undefined) {
      for await (const batch of removeRuns(new Date(now - days * DAY_MS))) {
        runs += batch.runs;
        for (let at = 0; at < batch.digests.length; at += MAX_QUERY_DIGESTS) {
          files += await removeUnreferenced(batch.digests.slice(at, at + MAX_QUERY_DIGESTS), unused);
        }
        if (ended.signal.aborted) break;
        await sleep(BATCH_PAUSE_MS, undefined, { ref: false });
      }
    }
    if (!ended.signal.aborted && now - sweptAt >= DAY_MS) {
      files += await sweep(unused);
      await sweepWorkspaces(unused);
      sweptAt = now;
    }
    if (runs > 0 || files > 0) logger.info('retention.removed', { runs, artifacts: files });
    return { runs, artifacts: files };
  };

  let turn: Promise<unknown> = Promise.resolve();
  const tick = () => {
    const next = turn.then(tidy);
    turn = next.catch(() => {});
    return next;
  };

  const loop = (async () => {
    for (let pause = INITIAL_DELAY_MS; ; pause = HOUR_MS) {
      await sleep(pause, undefined, { signal: ended.signal, ref: false }).catch(() => {});
      if (ended.signal.aborted) return;
      await tick().catch((error) => logger.error('retention.failed', { error: String(error) }));
    }
  })();

  return {
    tick,
    stop: async () => {
      ended.abort();
      await Promise.all([loop, turn]);
    },
  };
}
