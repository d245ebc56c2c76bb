import { hash } from 'node:crypto';
import type { JobRequest } from '../../cap/generated/cordum/agent/v1/job_pb.js';
import type { BusPacket } from '../../cap/generated/cordum/agent/v1/packet_pb.js';
import { PacketError } from '../../cap/packet-error.ts';
import { SUBJECTS } from '../../cap/subjects.ts';
import { userOf } from '../../cluster/peers/peer-user.ts';
import type { Peer } from '../../cluster/peers/peers.ts';
import type { AccountKey } from '../../core/accounts/accounts.ts';
import { Fault } from '../../core/errors.ts';
import { stepIdOfJob } from '../../core/ids.ts';
import { DEFAULT_TENANT, type User } from '../../core/principal.ts';
import { parentOfJob } from '../../engine/requests/submit-job.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createAnswers } from './answers.ts';
import { createCancellations } from './cancellations.ts';
import type { JobGatewayDeps } from './gateway-deps.ts';
import { readSubmission, tenantsOf } from './read-submission.ts';
import { type Refusal, RefusedJob, refusalOf, tooManyWaiting } from './refusal.ts';
import { createReports } from './reports.ts';
import { createWaitingJobs } from './waiting-jobs.ts';

/** The way in for jobs that clients send by the bus. */
export interface JobGateway {
  begin(): Promise<void>;
  /** Takes nothing more, and resolves when what was taken is recorded or left to another node. */
  close(): Promise<void>;
}

/**
 * Takes jobs from `sys.job.submit` under the identity of their sender, and acknowledges each when its run, or its refusal, is
 * recorded. A packet that is not valid, or not signed by its sender, gets no answer: nobody knows who sent it.
 */
export function createJobGateway(deps: JobGatewayDeps): JobGateway {
  const { bus, peers, engine, reader, logger, metrics } = deps;
  const reports = createReports(deps);
  const answers = createAnswers(deps, reports);
  const waiting = createWaitingJobs(deps);

  const refusePacket = (code: PacketError['code'], error: string) => {
    metrics.packetRefused(code);
    logger.warn('gateway.packet_refused', { code, error });
  };
  const open = (bytes: Uint8Array): { readonly packet: BusPacket; readonly peer: Peer } | undefined => {
    try {
      return peers.open(bytes);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      refusePacket(error.code, error.message);
      return undefined;
    }
  };
  const cancellations = createCancellations(deps);

  /** @throws RefusedJob, and what `Engine.submitJob` throws */
  const submit = async (request: JobRequest, traceId: string, peer: Peer): Promise<void> => {
    const user = await identityOf(deps, request, peer);
    const { jobId } = request;
    const location = await reader.locateStep(stepIdOfJob(jobId));
    if (location) {
      const run = await reader.run({ tenant: user.tenant }, location.runId);
      // The same job again.
      if (run?.plan?.sender === peer.senderId) return;
      throw new RefusedJob('JOB_DUPLICATE', 'duplicate_job', `There is a job ${jobId} already. Choose another id.`);
    }
    const principal = { kind: 'user', ...user } as const;
    const parent = await parentOfJob(deps, principal, request.parentJobId);
    if (parent?.state === 'CANCELLED') {
      const message = `Its parent job ${request.parentJobId} was cancelled.`;
      throw new RefusedJob('JOB_INVALID_INPUT', 'invalid_request', message);
    }
    const job = readSubmission(request, traceId);
    await engine.submitJob(principal, { ...job, ...(parent && { parentId: parent.id }), sender: peer.senderId });
  };

  /** Jobs that wait are messages that NATS counts: those of one account must not use up what all have. */
  const overflowOf = async (error: unknown, peer: Peer, deliveries: number): Promise<Refusal | undefined> => {
    if (!(error instanceof Fault && error.code === 'THROTTLED')) return undefined;
    const account = await userOf(peer, deps);
    return waiting.defer(account, deliveries) ? undefined : tooManyWaiting(error);
  };

  const takeJob = async (bytes: Uint8Array, deliveries: number): Promise<void> => {
    const opened = open(bytes);
    if (!opened) return;
    const { packet, peer } = opened;
    if (packet.payload.case !== 'jobRequest') {
      return refusePacket('PROTOCOL_UNKNOWN_PAYLOAD', `The payload ${packet.payload.case} is no job.`);
    }
    const { value: request } = packet.payload;
    const { traceId } = packet;
    try {
      await submit(request, traceId, peer);
    } catch (error) {
      const refusal = refusalOf(error, deliveries) ?? (await overflowOf(error, peer, deliveries));
      const fields = { jobId: request.jobId, sender: peer.senderId, deliveries };
      if (!(error instanceof Fault || error instanceof RefusedJob)) {
        logger.error('gateway.failed', { ...fields, error: String((error as Error).stack) });
      }
      // It comes again.
      if (!refusal) throw error;
      logger.warn('gateway.job_refused', { ...fields, reason: refusal.reason, error: refusal.message });
      const owner = await ownerOf(deps, peer);
      const asked = readSubmission(request, '') as unknown as JsonObject;
      const { jobId, topic } = request;
      const job = { jobId, topic, sender: peer.senderId, traceId, source: sourceOf(bytes), request: asked };
      await reports.end({ ...job, ...(owner && { owner }) }, refusal);
    }
  };

  /** What another scheduler reports. */
  const takeLetter = async (bytes: Uint8Array): Promise<void> => {
    const opened = open(bytes);
    if (opened?.packet.payload.case !== 'jobResult' || opened.peer.senderId === peers.senderId) return;
    const { packet, peer } = opened;
    const { jobId, errorCode: reason, errorMessage: message } = opened.packet.payload.value;
    const owner = await ownerOf(deps, peer);
    if (!owner) return;
    const { traceId } = packet;
    const letter = { jobId, topic: '', reason, message, sender: peer.senderId, traceId, source: sourceOf(bytes) };
    await deps.deadLetters.add({ ...letter, tenant: owner.tenant, subject: '', at: deps.clock.now() });
  };

  const stops: (() => Promise<void>)[] = [];
  return {
    async begin() {
      const takeCancel = ({ bytes }: { readonly bytes: Uint8Array }) => {
        const opened = open(bytes);
        if (opened?.packet.payload.case === 'jobCancel') cancellations.take(opened.packet.payload.value, opened.peer);
      };
      // Of all nodes, one gets each.
      stops.push(await bus.subscribe(SUBJECTS.cancel, takeCancel, { queue: QUEUE }));
      stops.push(await bus.consume(SUBJECTS.deadLetter, takeLetter));
      stops.push(await bus.consume(SUBJECTS.submit, takeJob));
      answers.begin();
    },
    async close() {
      cancellations.close();
      await Promise.all([answers.stop(), ...stops.splice(0).map((stop) => stop())]);
    },
  };
}

const QUEUE = 'signalbox';

/** Identifies a packet that comes again. */
function sourceOf(bytes: Uint8Array): string {
  return `packet:${hash('sha256', bytes, 'hex')}`;
}

/** Who sees the dead letters of the peer; undefined for a sender that nobody knows. */
async function ownerOf(deps: JobGatewayDeps, peer: Peer): Promise<AccountKey | undefined> {
  try {
    return await userOf(peer, deps);
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'FORBIDDEN')) throw error;
    return peer.isVerified ? { tenant: peer.tenant ?? DEFAULT_TENANT, subject: '' } : undefined;
  }
}

/** The account of the sender. @throws RefusedJob */
async function identityOf(deps: JobGatewayDeps, request: JobRequest, peer: Peer): Promise<User> {
  const refuse = (message: string) => new RefusedJob('JOB_PERMISSION_DENIED', 'identity_refused', message);
  const user = await userOf(peer, deps).catch((error: unknown) => {
    throw error instanceof Fault && error.code === 'FORBIDDEN' ? refuse(error.message) : error;
  });
  const foreign = [...tenantsOf(request)].find((tenant) => tenant !== user.tenant);
  if (foreign === undefined) return user;
  throw refuse(`The job is for the tenant ${foreign}, and its sender is of the tenant ${user.tenant}.`);
}
