import { AlertSeverity, type BusPacket } from '../../cap/generated/cordum/agent/v1/packet_pb.js';
import { PacketError } from '../../cap/packet-error.ts';
import { SUBJECTS } from '../../cap/subjects.ts';
import type { JobEnd, NewEvent } from '../../core/event.ts';
import { newTraceId, stepIdOfJob } from '../../core/ids.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { StepLocation } from '../../core/store-reader.ts';
import { awaitsJob } from '../machine/next.ts';
import { jobIdOf } from '../model/job-id.ts';
import type { ClusterDeps, JobEngineDeps, JobWaits } from './job-deps.ts';
import { toJobEnd } from './job-packets.ts';
import type { JobQueue } from './job-places.ts';
import type { ReportedEvents } from './reported-events.ts';
import { createResultForwarding } from './result-forwarding.ts';
import { readReport } from './work-result.ts';

/** Progress of one job is recorded at most this often. */
const MIN_PROGRESS_MS = 1_000;
/** The same for the reports of workers of remote pools, which have the events of some time. */
const MIN_REPORT_MS = 50;
/** Reports about jobs that are not in memory, for which the database is asked. */
const MAX_LOOKUPS_PER_SECOND = 20;

/** Takes what workers report, and passes it to the runs. */
export interface JobEnds {
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export function createJobEnds(
  { reader, inbox, leases, logger, clock, findRun, reported }: JobEngineDeps & { readonly reported: ReportedEvents },
  { bus, packets, workers }: ClusterDeps,
  waits: JobWaits,
  queue: Pick<JobQueue, 'hasKept' | 'release'>,
): JobEnds {
  const forwarding = createResultForwarding(bus, leases.nodeId, logger);
  const ignored = (end: Pick<JobEnd, 'jobId' | 'worker'>, why: string): undefined => {
    logger.warn('job.report_ignored', { jobId: end.jobId, worker: end.worker, why });
  };
  const locate = async (stepId: string): Promise<StepLocation | undefined> => {
    const wait = waits.get(stepId);
    return wait ? { runId: wait.runId, key: wait.key, isEnded: false } : reader.locateStep(stepId);
  };
  const takeLateEnd = (first: string | undefined, end: JobEnd, why: string): undefined => {
    if (first !== undefined && first !== end.worker && end.status === 'SUCCEEDED') alertDoneTwice(first, end);
    return ignored(end, why);
  };
  /** Two workers have done a job: one listens without a queue group, or their groups overlap. */
  const alertDoneTwice = (first: string, end: JobEnd) => {
    const message = `The job ${end.jobId} was done by ${first} and by ${end.worker}. Check the queue groups of their subscriptions.`;
    const details = { job_id: end.jobId, first_worker: first, second_worker: end.worker };
    const value = { ...{ level: 'WARN', severity: AlertSeverity.WARNING, code: 'JOB_DONE_TWICE' }, message, details };
    const payload = { ...value, component: packets.senderId, sourceComponent: packets.senderId };
    logger.warn('job.done_twice', details);
    const bytes = packets.write({ case: 'alert', value: payload }, { traceId: newTraceId() });
    bus.publish(SUBJECTS.alert, bytes).catch(logged('job.alert_failed'));
  };

  /** Resolves when the end is durable, or of no use. @returns the job if this node does not have its run, and cannot */
  const takeHere = async (end: JobEnd): Promise<StepLocation | undefined> => {
    const location = await locate(stepIdOfJob(end.jobId));
    if (!location) return ignored(end, 'there is no such job');
    if (location.isEnded) return takeLateEnd(location.worker, end, 'the job has ended');
    const { runId, key, owner = leases.nodeId } = location;
    const handle = owner === leases.nodeId ? await findRun(runId) : undefined;
    if (!handle) return location;
    const { run } = handle;
    const step = run.steps.get(key);
    if (!step || isFinalRunState(run.record.state) || !awaitsJob(run, step, end.jobId)) {
      return takeLateEnd(step?.worker, end, 'the job has ended, or has another id now');
    }
    if (isForeign(run.bookkeeping.get(key)?.job?.worker, end.worker)) return ignored(end, 'another worker has the job');
    await handle.send({ type: 'jobEnded', step: key, end });
    return undefined;
  };
  /**
   * Resolves when the end is durable, or of no use. Rejects to get it again.
   * @param result its packet, if it came from the bus
   */
  const takeEnd = async (end: JobEnd, result?: Uint8Array): Promise<void> => {
    const elsewhere = await takeHere(end);
    if (!elsewhere) return;
    const { runId, key, owner = leases.nodeId } = elsewhere;
    if (result && owner !== leases.nodeId && (await forwarding.forward(owner, result))) return;
    await inbox.send({ id: `job:${end.jobId}`, runId, type: 'jobEnded', step: key, end });
    // Its node may have parked it in the meantime.
    await findRun(runId);
  };

  const open = (bytes: Uint8Array): BusPacket | undefined => {
    try {
      const { packet, peer } = packets.open(bytes);
      const { case: kind, value } = packet.payload;
      // A key is that of one worker.
      const isOfAnother =
        kind === 'jobResult' && peer.isVerified && value.workerId !== '' && value.workerId !== packet.senderId;
      if (isOfAnother) {
        const error = `It is the result of the worker ${value.workerId}.`;
        logger.warn('job.packet_refused', { sender: packet.senderId, error });
        return undefined;
      }
      if (peer.isWorker || packet.senderId === packets.senderId) return packet;
      logger.warn('job.packet_refused', {
        sender: packet.senderId,
        error: 'The sender is not a worker: see CAP_PEERS.',
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      logger.warn('job.packet_refused', { code: error.code, error: error.message });
      return undefined;
    }
  };
  /** The end that a result states; undefined for one that is of no use. */
  const readEnd = (bytes: Uint8Array): JobEnd | undefined => {
    const packet = open(bytes);
    // Its own results tell clients of what the journal has already.
    if (packet?.payload.case !== 'jobResult' || packet.senderId === packets.senderId) return undefined;
    const { value } = packet.payload;
    const end = toJobEnd(value);
    if (end) return { ...end, worker: end.worker || packet.senderId };
    return ignored({ jobId: value.jobId, worker: value.workerId }, 'it states no end');
  };
  const takeResult = async (bytes: Uint8Array): Promise<void> => {
    const end = readEnd(bytes);
    if (end) await takeEnd(end, bytes);
  };
  /** @returns whether the end is durable, or of no use */
  const takeForwarded = async (bytes: Uint8Array): Promise<boolean> => {
    const end = readEnd(bytes);
    return end !== undefined && (await takeHere(end)) === undefined;
  };

  const reportedAt = new Map<string, number>();
  let lookups = { second: 0, count: 0 };
  const mayLookUp = () => {
    const second = Math.floor(clock.now().getTime() / 1_000);
    if (lookups.second !== second) lookups = { second, count: 0 };
    lookups.count += 1;
    return lookups.count <= MAX_LOOKUPS_PER_SECOND;
  };
  const takeProgress = async (bytes: Uint8Array): Promise<void> => {
    const packet = open(bytes);
    if (packet?.payload.case !== 'jobProgress') return;
    const { jobId, percent, message } = packet.payload.value;
    const stepId = stepIdOfJob(jobId);
    const at = clock.now();
    const report = readReport(message);
    const minMs = report ? MIN_REPORT_MS : MIN_PROGRESS_MS;
    if (at.getTime() - (reportedAt.get(stepId) ?? 0) < minMs) return;
    if (!waits.has(stepId) && !mayLookUp()) return;
    reportedAt.delete(stepId);
    reportedAt.set(stepId, at.getTime());
    for (const oldest of reportedAt.keys()) {
      if (reportedAt.size <= MAX_REMEMBERED) break;
      reportedAt.delete(oldest);
    }
    const location = await locate(stepId);
    const handle = location?.isEnded === false ? await findRun(location.runId) : undefined;
    const step = handle?.run.steps.get(location?.key ?? '');
    if (!handle || !step || !awaitsJob(handle.run, step, jobId)) return;
    if (isForeign(handle.run.bookkeeping.get(step.key)?.job?.worker, packet.senderId)) return;
    // Of a job that was sent to a topic, this is the first that is known of its worker: if that is lost, so is the job.
    const taker = step.worker === undefined ? { worker: packet.senderId } : {};
    if (report && step.terms?.topic !== undefined) {
      if ('worker' in taker) {
        await handle.send({ type: 'emitted', event: { type: 'STEP_PROGRESS', at, step: step.key, payload: taker } });
      }
      await reported.take(step, jobId, report, (event) => {
        if (!awaitsJob(handle.run, step, jobId)) return false;
        handle.send({ type: 'emitted', event: { ...event, at, step: step.key } as NewEvent }).catch(() => {});
        return true;
      });
      return;
    }
    const payload = { percent, ...(message !== '' && { memo: message.slice(0, MAX_MEMO_CHARACTERS) }), ...taker };
    await handle.send({ type: 'emitted', event: { type: 'STEP_PROGRESS', at, step: step.key, payload } });
  };

  const takeLoss = async (workerId: string, errorMessage: string, before = Number.POSITIVE_INFINITY): Promise<void> => {
    for (const step of await reader.stepsOfWorker(workerId)) {
      if ((step.startedAt?.getTime() ?? 0) >= before) continue;
      const end = { status: 'FAILED_RETRYABLE', errorCode: 'JOB_WORKER_UNAVAILABLE', errorMessage } as const;
      await takeEnd({ jobId: jobIdOf(step), worker: workerId, ...end });
    }
  };
  const logged = (event: string) => (error: unknown) => logger.warn(event, { error: String(error) });

  const stops: (() => unknown)[] = [];
  return {
    async begin() {
      stops.push(
        workers.onLost((workerId) => {
          takeLoss(workerId, 'The worker was silent for three heartbeats.').catch(logged('job.loss_failed'));
        }),
        workers.onRestart(({ workerId, before }) => {
          takeLoss(workerId, 'The worker has started again since it got the job.', before).catch(
            logged('job.loss_failed'),
          );
        }),
        await bus.subscribe(SUBJECTS.progress, ({ bytes }) => {
          takeProgress(bytes).catch(logged('job.progress_failed'));
        }),
        // Another node may take the result of a job for which this one keeps a place.
        await bus.subscribe(SUBJECTS.result, ({ bytes }) => {
          const packet = queue.hasKept() ? open(bytes) : undefined;
          if (packet?.payload.case === 'jobResult') queue.release(stepIdOfJob(packet.payload.value.jobId));
        }),
        await forwarding.begin(takeForwarded),
        await bus.consume(SUBJECTS.result, takeResult),
      );
    },
    async stop() {
      for (const end of stops.splice(0).reverse()) await end();
    },
  };
}

const MAX_REMEMBERED = 10_000;
const MAX_MEMO_CHARACTERS = 8_192;

/** A job that was sent to one worker is reported about and ended by that worker. */
function isForeign(worker: string | undefined, sender: string): boolean {
  return worker !== undefined && worker !== sender;
}
