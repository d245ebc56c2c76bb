import { randomBytes } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import type { JobRequest } from '../cap/generated/cordum/agent/v1/job_pb.js';
import { JobStatus } from '../cap/generated/cordum/agent/v1/job_pb.js';
import type { BusPacket } from '../cap/generated/cordum/agent/v1/packet_pb.js';
import type { Payload } from '../cap/packet.ts';
import { PacketError } from '../cap/packet-error.ts';
import { SUBJECTS, workerSubject } from '../cap/subjects.ts';
import { Fault } from '../core/errors.ts';
import type { Logger } from '../core/telemetry.ts';
import { type DoneJob, type JobDeps, performJob } from './perform-job.ts';
import { createPresence, type WorkerIdentity } from './presence.ts';
import { createReport, type Report } from './report.ts';
import { createResults } from './results.ts';

/** Jobs that wait here for one that ends: NATS delivers whatever was sent to a topic. */
const MAX_WAITING = 1_000;
/** For jobs that were stopped to report it, and for results to be sent. */
const LAST_RESULTS_MS = 10_000;

interface WorkerDeps extends JobDeps {
  readonly bus: Bus;
  readonly packets: {
    /** @throws PacketError for a packet that is not valid, or not signed by its sender */
    open(bytes: Uint8Array): { readonly packet: BusPacket };
    write(payload: Payload, options: { readonly traceId: string }): Uint8Array;
  };
  readonly logger: Logger;
  /** Sender of the jobs. Packets of others are ignored. */
  readonly serverId: string;
}

/** Takes the jobs of its pools from the bus, and does them. */
export interface Worker {
  begin(): Promise<void>;
  /** Takes no more jobs, lets running ones finish for `drainMs`, and reports the others as failed, so that another worker does them. */
  stop(drainMs: number): Promise<void>;
}

interface Job {
  readonly request: JobRequest;
  readonly traceId: string;
  readonly stop: AbortController;
  readonly report: Report;
  hasBegun: boolean;
}

export function createWorker(worker: WorkerIdentity, deps: WorkerDeps): Worker {
  const { bus, packets, logger, serverId } = deps;
  const { id, topics, concurrency } = worker;
  /** Those that wait and those that run, by id. */
  const jobs = new Map<string, Job>();
  const results = createResults(bus, logger);
  const ownTraceId = randomBytes(16).toString('hex');
  let running = 0;
  let isDraining = false;
  let idle: (() => void) | undefined;
  let progress: Report['progress'] = {};

  const presence = createPresence(worker, {
    bus,
    write: (payload) => packets.write(payload, { traceId: ownTraceId }),
    activity: () => ({ activeJobs: jobs.size, isDraining, progress }),
  });

  const sendResult = ({ jobId }: JobRequest, traceId: string, result: DoneJob) => {
    const value = { jobId, workerId: id, ...result };
    results.send(jobId, packets.write({ case: 'jobResult', value }, { traceId }));
  };
  const refuse = (request: JobRequest, traceId: string, status: JobStatus, errorCode: string, errorMessage: string) => {
    logger.warn('worker.job_refused', { jobId: request.jobId, topic: request.topic, error: errorMessage });
    sendResult(request, traceId, { status, errorCode, errorMessage, executionMs: 0n });
  };

  const perform = async (job: Job): Promise<void> => {
    const { request, traceId, report, stop } = job;
    job.hasBegun = true;
    running += 1;
    const done = await performJob(deps, request, { signal: stop.signal, report });
    progress = report.progress;
    running -= 1;
    jobs.delete(request.jobId);
    sendResult(request, traceId, done);
    logger.info('worker.job_ended', { jobId: request.jobId, traceId, status: JobStatus[done.status] });
    if (jobs.size === 0) idle?.();
    beginNext();
  };
  const beginNext = () => {
    for (const job of jobs.values()) {
      if (running >= concurrency) return;
      if (!job.hasBegun)
        perform(job).catch((error: unknown) => logger.error('worker.failed', { error: String(error) }));
    }
  };

  /** A packet of the server; undefined for any other. */
  const open = (bytes: Uint8Array): BusPacket | undefined => {
    try {
      const { packet } = packets.open(bytes);
      if (packet.senderId === serverId) return packet;
      logger.warn('worker.packet_refused', {
        sender: packet.senderId,
        error: `It is not ${serverId} (CAP_SENDER_ID).`,
      });
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      logger.warn('worker.packet_refused', { code: error.code, error: error.message });
    }
    return undefined;
  };
  const takeJob = (bytes: Uint8Array) => {
    const packet = open(bytes);
    if (packet?.payload.case !== 'jobRequest') return;
    const { traceId, payload } = packet;
    const request = payload.value;
    const { jobId, topic } = request;
    // It is done once, however often it is sent.
    if (jobs.has(jobId) || results.repeat(jobId)) return;
    if (!topics.includes(topic)) {
      const message = `This worker does not take jobs of the topic ${topic}. Its topics are ${topics.join(', ')}.`;
      return refuse(request, traceId, JobStatus.FAILED, 'JOB_NOT_FOUND', message);
    }
    if (isDraining || jobs.size >= MAX_WAITING) {
      const message = isDraining ? 'The worker is stopping.' : `${MAX_WAITING} jobs wait for this worker.`;
      return refuse(request, traceId, JobStatus.FAILED_RETRYABLE, 'JOB_RESOURCE_EXHAUSTED', message);
    }
    const report = createReport((message) => {
      const percent = report.progress.percent ?? 0;
      progress = report.progress;
      const value = { jobId, percent, message };
      // It may be lost: the result has the same.
      bus.publish(SUBJECTS.progress, packets.write({ case: 'jobProgress', value }, { traceId })).catch(() => {});
    });
    jobs.set(jobId, { request, traceId, stop: new AbortController(), report, hasBegun: false });
    beginNext();
  };
  const takeCancel = (bytes: Uint8Array) => {
    const packet = open(bytes);
    if (packet?.payload.case !== 'jobCancel') return;
    const { jobId, reason } = packet.payload.value;
    jobs.get(jobId)?.stop.abort(new Fault('CANCELLED', reason || 'The job was cancelled.'));
  };

  const leave: (() => Promise<void>)[] = [];
  return {
    async begin() {
      presence.announce();
      for (const subject of [workerSubject(id), ...topics]) {
        leave.push(await bus.subscribe(subject, ({ bytes }) => takeJob(bytes), { queue: subject }));
      }
      const endCancels = await bus.subscribe(SUBJECTS.cancel, ({ bytes }) => takeCancel(bytes));
      presence.begin();
      leave.push(endCancels);
      logger.info('worker.started', { worker: id, topics, concurrency });
    },
    async stop(drainMs) {
      isDraining = true;
      const endCancels = leave.pop();
      await Promise.all(leave.splice(0).map((end) => end()));
      for (const { request, traceId, hasBegun } of [...jobs.values()]) {
        if (hasBegun) continue;
        jobs.delete(request.jobId);
        refuse(request, traceId, JobStatus.FAILED_RETRYABLE, 'JOB_WORKER_UNAVAILABLE', 'The worker is stopping.');
      }
      presence.beat();
      const ended = new Promise<void>((resolve) => {
        idle = resolve;
        if (jobs.size === 0) resolve();
      });
      const late = setTimeout(() => {
        for (const { stop } of jobs.values())
          stop.abort(new Fault('UNAVAILABLE', 'The worker stopped before the job had ended.'));
      }, drainMs);
      await ended;
      clearTimeout(late);
      const unsent = await results.sent(AbortSignal.timeout(LAST_RESULTS_MS));
      if (unsent > 0) logger.error('worker.results_unsent', { results: unsent });
      presence.stop();
      await endCancels?.();
    },
  };
}
