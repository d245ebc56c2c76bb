import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { Inbox, Leases } from '../../core/leases.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import { loadRun } from '../driver/run-start.ts';
import type { MachineInput } from '../model/machine-input.ts';
import { createInboxConsumer } from './inbox-consumer.ts';

/** Runs that are claimed, and brought back to life, at once. */
const MAX_RUNS_PER_CLAIM = 64;

/** Between two beats: twice in each lease, with time to spare; an idle node hardly asks anything. Sooner after one that failed. */
const HEARTBEAT_MS = 2_500;
const HEARTBEAT_RETRY_MS = 500;

/** How often a run that cannot be taken up is tried. */
const MAX_RECOVERY_ATTEMPTS = 20;

/** A run that was just being recorded may be in the journal, and this node's all the same: it has to be looked at again. */
const LEASE_LOST = new Fault('UNAVAILABLE', 'This server was away for too long. The run goes on, here or elsewhere.', {
  retryAfterMs: 2_000,
  details: { inDoubt: true },
});

interface FailoverDeps {
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly reader: StoreReader;
  readonly journal: Journal;
  readonly runs: RunRegistry;
  readonly logger: Logger;
  /** Told when the next schedule is due. */
  onNextSchedule(nextAt: Date | undefined): void;
}

/** Keeps this node's lease, and takes over the runs of nodes that have lost theirs. */
export interface Failover {
  /** One beat: renews, claims, resumes. */
  tick(): Promise<void>;
  /** Brings a run back, by its events. The node must own it. */
  resume(runId: string, signal: MachineInput): Promise<RunHandle>;
  /** Looks at the next beat whether a run that was let go is still this node's, and then takes it up again. */
  recheck(runId: string): void;
  start(): void;
  /** No beat any more; the lease is given back when nothing is driven any more. */
  stop(): Promise<void>;
}

export function createFailover(deps: FailoverDeps): Failover {
  const { leases, reader, runs: running, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let stopped = false;

  const resume = async (runId: string, signal: MachineInput): Promise<RunHandle> => {
    const known = running.get(runId);
    if (known) return known;
    const { live, recorded } = await loadRun(reader, runId);
    return running.get(runId) ?? running.drive({ run: live, persistedSeq: recorded, events: [], input: signal });
  };

  const deliveries = createInboxConsumer(deps);
  /** Runs that may be this node's although nobody drives them, and how often they were tried. */
  const doubted = new Map<string, number>();

  /** @returns whether there may be more */
  const claim = async (): Promise<boolean> => {
    const ids = await leases.claim(MAX_RUNS_PER_CLAIM);
    if (ids.length > 0) logger.info('engine.recovering', { runs: ids.length });
    for (const id of ids) await resume(id, { type: 'recovered' }).catch(failed(id));
    // Not waited for: the store may not take what comes of it for a while, and the lease has to be kept meanwhile.
    if (ids.length > 0) void deliveries.deliver(ids);
    return ids.length === MAX_RUNS_PER_CLAIM;
  };

  const failed = (runId: string) => (error: unknown) => {
    logger.error('engine.recovery_failed', { runId, error: String(error) });
    const tries = (doubted.get(runId) ?? 0) + 1;
    if (tries < MAX_RECOVERY_ATTEMPTS) doubted.set(runId, tries);
    else doubted.delete(runId);
  };
  const reclaim = async (runId: string): Promise<void> => {
    if (stopped || running.get(runId) || !(await leases.takeOver(runId))) return;
    const { live, recorded } = await loadRun(reader, runId);
    if (isFinalRunState(live.record.state) || running.get(runId)) return;
    running.drive({ run: live, persistedSeq: recorded, events: [], input: { type: 'recovered' } });
    void deliveries.deliver([runId]);
  };

  /** Bringing many runs back takes longer than a lease: it is renewed before each lot of them. */
  const beat = async (): Promise<void> => {
    const { renewed: held, orphans, nextScheduleAt: nextAt } = await leases.renew();
    if (!held) {
      logger.warn('lease.lost', { runs: running.size });
      running.releaseAll(LEASE_LOST);
    }
    for (const runId of [...doubted.keys()]) {
      await reclaim(runId).then(() => void doubted.delete(runId), failed(runId));
    }
    deliveries.retry();
    deps.onNextSchedule(nextAt);
    if (orphans && !stopped && (await claim())) return beat();
  };

  const tick = () => {
    beating = beating.then(beat);
    return beating;
  };
  const loop = (pause = HEARTBEAT_MS) => {
    timer = setTimeout(() => {
      const next = (pause: number) => {
        if (!stopped) loop(pause);
      };
      tick().then(
        () => next(HEARTBEAT_MS),
        (error: unknown) => {
          beating = Promise.resolve();
          logger.error('lease.failed', { error: String(error) });
          next(HEARTBEAT_RETRY_MS);
        },
      );
    }, pause);
  };

  return {
    tick,
    resume,
    recheck: (runId) => void doubted.set(runId, 0),
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
