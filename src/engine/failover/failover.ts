import type { Clock } from '../../core/clock.ts';
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
import type { RunAggregate } from '../model/run-aggregate.ts';
import { createInboxConsumer } from './inbox-consumer.ts';
import { createParking } from './parking.ts';

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
  readonly clock: Clock;
  readonly logger: Logger;
  /** How a run continues that was just read; undefined when it waits for its turn, and was parked again. */
  inputOf(run: RunAggregate, input: MachineInput): Promise<MachineInput | undefined>;
  /** Called with the ids of the nodes that are alive, this one included. */
  onNodes?(nodeIds: readonly string[]): void;
  /** Called when this node starts, and when another one has ended: what that was about to do is left. Again after it rejected. */
  onNodeEnded(): Promise<void>;
  /** Called with the time at which the next schedule is due. */
  onNextSchedule(nextAt: Date | undefined): void;
}

/** Keeps this node's lease, and takes over the runs of nodes that have lost theirs. */
export interface Failover {
  /** One heartbeat: renews the lease, claims runs, recovers them. */
  tick(): Promise<void>;
  /**
   * Continues a run from its events. This node must own it, and no other input may be resuming it.
   * @returns undefined when it waits for its turn
   */
  resume(runId: string, input: MachineInput): Promise<RunHandle | undefined>;
  /** The run, if this node drives it or, because it is parked, can. */
  find(runId: string): Promise<RunHandle | undefined>;
  /** Takes the run out of memory if it waits for long. It has just begun to wait. */
  considerParking(runId: string): void;
  /** To be called when a run was released. If it may still be this node's, the next heartbeat recovers it. */
  onReleased(runId: string, fault: Fault): void;
  /** To be called when what a cancelled run has left could not be cancelled: the next heartbeat tries again. */
  onLeftovers(): void;
  start(): void;
  /** Ends the heartbeats, and releases the lease. No run may be driven any longer. */
  stop(): Promise<void>;
}

export function createFailover(deps: FailoverDeps): Failover {
  const { leases, reader, runs, clock, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let heartbeats: Promise<void> = Promise.resolve();
  let isStopped = false;
  /** Runs that may be this node's although it does not drive them, with the number of failed attempts. */
  const recheckQueue = new Map<string, number>();
  const crashes = new Map<string, number>();

  const resume = async (runId: string, input: MachineInput): Promise<RunHandle | undefined> => {
    const handle = runs.get(runId);
    if (handle) return handle;
    const { run, persistedSeq } = await loadRun(reader, runId);
    const next = await deps.inputOf(run, input);
    return runs.get(runId) ?? (next && runs.drive({ run, persistedSeq, events: [], input: next }));
  };

  const inboxConsumer = createInboxConsumer({ ...deps, find: (runId) => find(runId) });
  const findings = new Map<string, Promise<RunHandle | undefined>>();
  /** A message that is sent to the inbox in the meantime is delivered too. */
  const unpark = async (runId: string): Promise<RunHandle | undefined> => {
    try {
      if (!(await leases.unpark(runId)) || isStopped) return runs.get(runId);
      const handle = await resume(runId, { type: 'recovered' });
      if (handle) void inboxConsumer.deliver([runId]);
      return handle;
    } catch (error) {
      onRecoveryFailed(runId)(error);
      throw error;
    }
  };
  const find = async (runId: string): Promise<RunHandle | undefined> => {
    const handle = runs.get(runId);
    if (handle) return handle;
    const finding = findings.get(runId) ?? unpark(runId).finally(() => findings.delete(runId));
    findings.set(runId, finding);
    return finding;
  };

  /** @returns whether there may be more */
  const claim = async (): Promise<boolean> => {
    const runIds = await leases.claim(MAX_RUNS_PER_CLAIM, clock.now());
    if (runIds.length > 0) logger.debug('engine.recovering', { runs: runIds.length });
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
    const input = await deps.inputOf(run, { type: 'recovered' });
    if (!input || runs.get(runId)) return;
    runs.drive({ run, persistedSeq, events: [], input });
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

  let knownNodes: readonly string[] | undefined;
  let hasLeftovers = false;
  let clearing: Promise<void> | undefined;
  const clearLeftovers = (nodes: readonly string[]) => {
    hasLeftovers ||= knownNodes?.every((id) => nodes.includes(id)) !== true;
    knownNodes = nodes;
    if (!hasLeftovers || clearing || isStopped) return;
    hasLeftovers = false;
    const onFailed = (error: unknown) => {
      hasLeftovers = true;
      logger.warn('engine.leftovers_failed', { error: String(error) });
    };
    // Not awaited, as the deliveries.
    clearing = deps.onNodeEnded().then(undefined, onFailed);
    void clearing.then(() => {
      clearing = undefined;
    });
  };

  /** Recovering many runs takes longer than a lease lasts: it is renewed before each batch. */
  const beat = async (): Promise<void> => {
    const { renewed, nodes, claimable, nextScheduleAt, nextWakeAt } = await leases.renew(clock.now());
    if (!renewed) {
      logger.warn('lease.lost', { runs: runs.size });
      runs.releaseAll(LEASE_LOST);
    }
    for (const runId of [...recheckQueue.keys()]) {
      await recheck(runId).then(() => void recheckQueue.delete(runId), onRecoveryFailed(runId));
    }
    inboxConsumer.retry();
    deps.onNodes?.(nodes);
    clearLeftovers(nodes);
    deps.onNextSchedule(nextScheduleAt);
    if (nextWakeAt) wakeAt(nextWakeAt.getTime());
    if (claimable && !isStopped && (await claim())) return beat();
  };

  /** Claims the parked runs whose time has come sooner than the next heartbeat would. */
  let wakeTimer: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  const wakeAt = (at: number) => {
    const delay = at - clock.now().getTime();
    if (isStopped || delay > HEARTBEAT_MS || (wakeTimer && wakeTimer.at <= at)) return;
    clearTimeout(wakeTimer?.timer);
    const onDue = () => {
      wakeTimer = undefined;
      tick().catch(() => {});
    };
    wakeTimer = { at, timer: setTimeout(onDue, Math.max(delay, 0)) };
  };

  const parking = createParking({
    ...deps,
    onParked(runIds, firstAt) {
      wakeAt(firstAt);
      // A message may have come before they were parked, and its sender have found no run to wake.
      void inboxConsumer.deliver(runIds);
    },
    onNotParked(runIds) {
      for (const runId of runIds) recheckQueue.set(runId, 0);
      tick().catch(() => {});
    },
  });

  const tick = () => {
    heartbeats = heartbeats.catch(() => {}).then(beat);
    return heartbeats;
  };
  const scheduleTick = (delayMs: number) => {
    if (isStopped) return;
    timer = setTimeout(() => {
      tick().then(
        () => scheduleTick(HEARTBEAT_MS),
        (error: unknown) => {
          logger.error('lease.failed', { error: String(error) });
          scheduleTick(HEARTBEAT_RETRY_MS);
        },
      );
    }, delayMs);
  };

  return {
    tick,
    resume,
    find,
    considerParking: (runId) => parking.consider(runId),
    onReleased,
    onLeftovers() {
      hasLeftovers = true;
    },
    start: () => scheduleTick(HEARTBEAT_MS),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(wakeTimer?.timer);
      inboxConsumer.stop();
      await parking.stop();
      await heartbeats.catch(() => {});
      await clearing;
      await leases.release();
    },
  };
}
