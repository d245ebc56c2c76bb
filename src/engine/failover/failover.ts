import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { Logger } from '../../core/logger.ts';
import { isFinalRunState } from '../../core/run-state.ts';
import type { Inbox, Leases, StoreReader } from '../../core/store.ts';
import type { Driven } from '../driver/drive-run.ts';
import type { Running } from '../driver/run-registry.ts';
import { loadRun } from '../driver/run-start.ts';
import type { Signal } from '../model/machine-input.ts';
import { createDeliveries } from './inbox-consumer.ts';

/** Runs that are claimed, and brought back to life, at once. */
const AT_ONCE = 64;

/** Between two beats: twice in each lease, with time to spare; an idle node hardly asks anything. Sooner after one that failed. */
const BEAT_MS = 2_500;
const AGAIN_MS = 500;

/** How often a run that cannot be taken up is tried. */
const MOST_TRIES = 20;

/** A run that was just being recorded may be in the journal, and this node's all the same: it has to be looked at again. */
const LEASE_LOST = new Fault('UNAVAILABLE', 'This server was away for too long. The run goes on, here or elsewhere.', {
  retryAfterMs: 2_000,
  details: { inDoubt: true },
});

interface TakeOverDeps {
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly reader: StoreReader;
  readonly journal: Journal;
  readonly running: Running;
  readonly logger: Logger;
  /** Told when the next schedule is due. */
  scheduled(nextAt: Date | undefined): void;
}

/** Keeps this node's lease, and takes over the runs of nodes that have lost theirs. */
export interface TakeOver {
  /** One beat: renews, claims, resumes. */
  tick(): Promise<void>;
  /** Brings a run back, by its events. The node must own it. */
  resume(runId: string, signal: Signal): Promise<Driven>;
  /** Looks at the next beat whether a run that was let go is still this node's, and then takes it up again. */
  doubt(runId: string): void;
  start(): void;
  /** No beat any more; the lease is given back when nothing is driven any more. */
  stop(): Promise<void>;
}

export function createTakeOver(deps: TakeOverDeps): TakeOver {
  const { leases, reader, running, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let stopped = false;

  const resume = async (runId: string, signal: Signal): Promise<Driven> => {
    const known = running.get(runId);
    if (known) return known;
    const { live, recorded } = await loadRun(reader, runId);
    return running.get(runId) ?? running.drive({ live, recorded, events: [], signal });
  };

  const deliveries = createDeliveries(deps);
  /** Runs that may be this node's although nobody drives them, and how often they were tried. */
  const doubted = new Map<string, number>();

  /** @returns whether there may be more */
  const claim = async (): Promise<boolean> => {
    const ids = await leases.claim(AT_ONCE);
    if (ids.length > 0) logger.info('engine.recovering', { runs: ids.length });
    for (const id of ids) await resume(id, { type: 'recovered' }).catch(failed(id));
    // Not waited for: the store may not take what comes of it for a while, and the lease has to be kept meanwhile.
    if (ids.length > 0) void deliveries.deliver(ids);
    return ids.length === AT_ONCE;
  };

  const failed = (runId: string) => (error: unknown) => {
    logger.error('engine.recovery_failed', { runId, error: String(error) });
    const tries = (doubted.get(runId) ?? 0) + 1;
    if (tries < MOST_TRIES) doubted.set(runId, tries);
    else doubted.delete(runId);
  };
  const reclaim = async (runId: string): Promise<void> => {
    if (stopped || running.get(runId) || !(await leases.adopt(runId))) return;
    const { live, recorded } = await loadRun(reader, runId);
    if (isFinalRunState(live.run.state) || running.get(runId)) return;
    running.drive({ live, recorded, events: [], signal: { type: 'recovered' } });
    void deliveries.deliver([runId]);
  };

  /** Bringing many runs back takes longer than a lease: it is renewed before each lot of them. */
  const beat = async (): Promise<void> => {
    const { held, orphans, nextAt } = await leases.renew();
    if (!held) {
      logger.warn('lease.lost', { runs: running.size });
      running.abandon(LEASE_LOST);
    }
    for (const runId of [...doubted.keys()]) {
      await reclaim(runId).then(() => void doubted.delete(runId), failed(runId));
    }
    deliveries.again();
    deps.scheduled(nextAt);
    if (orphans && !stopped && (await claim())) return beat();
  };

  const tick = () => {
    beating = beating.then(beat);
    return beating;
  };
  const loop = (pause = BEAT_MS) => {
    timer = setTimeout(() => {
      const next = (pause: number) => {
        if (!stopped) loop(pause);
      };
      tick().then(
        () => next(BEAT_MS),
        (error: unknown) => {
          beating = Promise.resolve();
          logger.error('lease.failed', { error: String(error) });
          next(AGAIN_MS);
        },
      );
    }, pause);
  };

  return {
    tick,
    resume,
    doubt: (runId) => void doubted.set(runId, 0),
    start: () => loop(),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      deliveries.stop();
      await beating.catch(() => {});
      await leases.release();
    },
  };
}
