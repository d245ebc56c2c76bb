import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactRemoval, WorkspaceRemoval } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import { MAX_DEAD_LETTER_DAYS } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { removeEmptySegments } from '../search/segment-removal.ts';
import { createArtifactReferences } from './artifact-references.ts';
import { removeLetters } from './letter-removal.ts';
import { createRunRemoval } from './run-removal.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Bytes are stored before the event that names them: at most as long before as a command may run, and a margin. */
const GRACE_MS = DAY_MS + HOUR_MS;

/** Retention does not slow down a starting server. */
const INITIAL_DELAY_MS = 60_000;

/** Pause between two batches, so that appends never wait for more than one. */
const BATCH_PAUSE_MS = 20;

/** Digests in one query. */
const MAX_QUERY_DIGESTS = 200;

/** Removes runs and artifacts that no longer have to be kept. */
export interface Retention {
  /** Removes everything that has become too old. Ticks run one at a time. */
  tick(): Promise<{ readonly runs: number; readonly artifacts: number }>;
  /** Lets the current batch finish, and stops. */
  stop(): Promise<void>;
}

export interface RetentionOptions {
  readonly artifacts: ArtifactRemoval;
  /** If set, workspaces of removed runs are removed too. */
  readonly workspaces?: WorkspaceRemoval;
  readonly clock: Clock;
  /** How long a run is kept after its end. Undefined keeps every run; unreferenced artifacts are removed nevertheless. */
  readonly days: number | undefined;
}

interface RetentionDeps extends RetentionOptions {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly logger: Logger;
}

/**
 * Removes old runs and artifacts, first after a minute and then every hour. A run is removed with all its rows, and the
 * journal's floor rises in the same transaction; its leaf and the checkpoints stay. Bytes are removed once no row refers to
 * them.
 */
export function createRetention(deps: RetentionDeps): Retention {
  const { prisma, transactions, artifacts, workspaces, clock, logger, days } = deps;
  const stopping = new AbortController();
  const removeRuns = createRunRemoval({ prisma, transactions });
  const references = createArtifactReferences(prisma, deps.kind);
  let sweptAt = Number.NEGATIVE_INFINITY;

  const removeUnreferenced = async (digests: readonly string[], before: Date): Promise<number> => {
    const referenced = await references.filterReferenced(digests);
    let count = 0;
    for (const digest of digests.filter((each) => !referenced.has(each))) {
      const isReferenced = async () => (await references.filterReferenced([digest])).size > 0;
      if (await artifacts.removeUnused(digest, before, isReferenced)) count += 1;
    }
    return count;
  };

  /** Also finds what a crash left behind: bytes whose run was removed or never recorded. */
  const sweep = async (before: Date): Promise<number> => {
    let count = 0;
    let digests: string[] = [];
    for await (const digest of artifacts.unusedSince(before)) {
      if (stopping.signal.aborted) return count;
      digests.push(digest);
      if (digests.length < MAX_QUERY_DIGESTS) continue;
      count += await removeUnreferenced(digests, before);
      digests = [];
    }
    return count + (await removeUnreferenced(digests, before));
  };

  const sweepWorkspaces = async (before: Date): Promise<void> => {
    for await (const id of workspaces?.unusedSince(before) ?? []) {
      if (stopping.signal.aborted) return;
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
        if (stopping.signal.aborted) break;
        await sleep(BATCH_PAUSE_MS, undefined, { ref: false });
      }
    }
    if (runs > 0 && !stopping.signal.aborted) await removeEmptySegments(deps);
    if (!stopping.signal.aborted) {
      const letterDays = Math.min(days ?? MAX_DEAD_LETTER_DAYS, MAX_DEAD_LETTER_DAYS);
      await removeLetters(deps, new Date(now - letterDays * DAY_MS));
    }
    if (!stopping.signal.aborted && now - sweptAt >= DAY_MS) {
      files += await sweep(unused);
      await sweepWorkspaces(unused);
      sweptAt = now;
    }
    if (runs > 0 || files > 0) logger.info('retention.removed', { runs, artifacts: files });
    return { runs, artifacts: files };
  };

  let lastTick: Promise<unknown> = Promise.resolve();
  const tick = () => {
    const next = lastTick.then(tidy);
    lastTick = next.catch(() => {});
    return next;
  };

  const loop = (async () => {
    for (let pause = INITIAL_DELAY_MS; ; pause = HOUR_MS) {
      await sleep(pause, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      if (stopping.signal.aborted) return;
      await tick().catch((error) => logger.error('retention.failed', { error: String(error) }));
    }
  })();

  return {
    tick,
    stop: async () => {
      stopping.abort();
      await Promise.all([loop, lastTick]);
    },
  };
}
