import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { Inbox, Leases } from '../../core/leases.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import { loadRun } from '../driver/run-start.ts';
import type { MachineInput } from '../model/machine-input.ts';
import { createInboxConsumer } from './inbox-consumer.ts';

/** Runs that are claimed and recovered at a time. */
const MAX_RUNS_PER_CLAIM = 64;

/** Between two heartbeats: twice in each lease, with a margin. Sooner after one that failed. */
const HEARTBEAT_MS = 2_500;
const HEARTBEAT_RETRY_MS = 500;

/** How often a run that cannot be recovered is tried. */
const MAX_RECOVERY_ATTEMPTS = 20;
/** How often a run is recovered that crashes the engine; then it waits for another server, or the next start of this one. */
const MAX_CRASHES = 3;

/** A run whose first events were being appended may be in the journal, owned by this node: it has to be checked again. */
const LEASE_LOST = new Fault('UNAVAILABLE', 'This server lost its lease. The run continues, here or on another node.', {
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
  /** Called with the time at which the next schedule is due. */
  onNextSchedule(nextAt: Date | undefined): void;
}

/** Keeps this node's lease, and takes over the runs of nodes that have lost theirs. */
export interface Failover {
  /** One heartbeat: renews the lease, claims runs, recovers them. */
  tick(): Promise<void>;
  /** Continues a run from its events. This node must own it. */
  resume(runId: string, input: MachineInput): Promise<RunHandle>;
  /** To be called when a run was released. If it may still be this node's, the next heartbeat recovers it. */
  onReleased(runId: string, fault: Fault): void;
  start(): void;
  /** Ends the heartbeats, and releases the lease. No run may be driven any longer. */
  stop(): Promise<void>;
}

export function createFailover(deps: FailoverDeps): Failover {
  const { leases, reader, runs, logger } = deps;
  const inboxConsumer = createInboxConsumer(deps);
  let timer: NodeJS.Timeout | undefined;
  let heartbeats: Promise<void> = Promise.resolve();
  let isStopped = false;
  /** Runs that may be this node's although it does not drive them, with the number of failed attempts. */
  const recheckQueue = new Map<string, number>();
  const crashes = new Map<string, number>();

  const resume = async (runId: string, input: MachineInput): Promise<RunHandle> => {
    const handle = runs.get(runId);
    if (handle) return handle;
    const { run, persistedSeq } = await loadRun(reader, runId);
    return runs.get(runId) ?? runs.drive({ run, persistedSeq, events: [], input });
  };

  /** @returns whether there may be more */
  const claim = async (): Promise<boolean> => {
    const runIds = await leases.claim(MAX_RUNS_PER_CLAIM);
    if (runIds.length > 0) logger.info('engine.recovering', { runs: runIds.length });
    for (const runId of runIds) await resume(runId, { type: 'recovered' }).catch(onRecoveryFailed(runId));
    // Not awaited: the store may not take the events for a while, and the lease has to be kept in the meantime.
    if (runIds.length > 0) void inboxConsumer.deliver(runIds);
    return runIds.length === MAX_RUNS_PER_CLAIM;
  };

  const onRecoveryFailed = (runId: string) => (error: unknown) => {
    logger.error('engine.recovery_failed', { runId, error: String(error) });
    const attempts = (recheckQueue.get(runId) ?? 0) + 1;
    if (attempts < MAX_RECOVERY_ATTEMPTS) recheckQueue.set(runId, attempts);
    else recheckQueue.delete(runId);
  };

  const recheck = async (runId: string): Promise<void> => {
    if (isStopped || runs.get(runId) || !(await leases.takeOver(runId))) return;
    const { run, persistedSeq } = await loadRun(reader, runId);
    if (isFinalRunState(run.record.state) || runs.get(runId)) return;
    runs.drive({ run, persistedSeq, events: [], input: { type: 'recovered' } });
    void inboxConsumer.deliver([runId]);
  };

  const onReleased = (runId: string, { code, details }: Fault) => {
    if (code === 'INTERNAL') {
      const count = (crashes.get(runId) ?? 0) + 1;
      crashes.set(runId, count);
      if (count <= MAX_CRASHES) recheckQueue.set(runId, 0);
      else logger.error('engine.recovery_failed', { runId, error: `it crashed ${count} times` });
      return;
    }
    // The journal may have its events: an append whose answer was lost may have succeeded.
    if (isJsonObject(details) && ('inDoubt' in details || 'nextSeq' in details)) recheckQueue.set(runId, 0);
  };

  /** Recovering many runs takes longer than a lease lasts: it is renewed before each batch. */
  const beat = async (): Promise<void> => {
    const { renewed, orphans, nextScheduleAt } = await leases.renew();
    if (!renewed) {
      logger.warn('lease.lost', { runs: runs.size });
      runs.releaseAll(LEASE_LOST);
    }
    for (const runId of [...recheckQueue.keys()]) {
      await recheck(runId).then(() => void recheckQueue.delete(runId), onRecoveryFailed(runId));
    }
    inboxConsumer.retry();
    deps.onNextSchedule(nextScheduleAt);
    if (orphans && !isStopped && (await claim())) return beat();
  };

  const tick = () => {
    heartbeats = heartbeats.then(beat);
    return heartbeats;
  };
  const scheduleTick = (delayMs: number) => {
    if (isStopped) return;
    timer = setTimeout(() => {
      tick().then(
        () => scheduleTick(HEARTBEAT_MS),
        (error: unknown) => {
          heartbeats = Promise.resolve();
          logger.error('lease.failed', { error: String(error) });
          scheduleTick(HEARTBEAT_RETRY_MS);
        },
      );
    }, delayMs);
  };

  return {
    tick,
    resume,
    onReleased,
    start: () => scheduleTick(HEARTBEAT_MS),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      inboxConsumer.stop();
      await heartbeats.catch(() => {});
      await leases.release();
    },
  };
}
