import { ErrorCode, JobStatus } from '../../cap/generated/cordum/agent/v1/job_pb.js';
import { SUBJECTS } from '../../cap/subjects.ts';
import type { AccountKey } from '../../core/accounts/accounts.ts';
import { stepIdOfJob } from '../../core/ids.ts';
import type { DeadLetter } from '../../core/store-reader.ts';
import type { JobGatewayDeps } from './gateway-deps.ts';
import type { Refusal } from './refusal.ts';

const MAX_MESSAGE_CHARACTERS = 8_192;

/** A job that has an end without a worker. */
interface ReportedJob
  extends Pick<DeadLetter, 'jobId' | 'topic' | 'sender' | 'traceId' | 'source' | 'runId' | 'request'> {
  /** Of its sender. Absent when that is not known: nobody sees its letter then, so that it is only on the bus. */
  readonly owner?: AccountKey;
}

/** Tells clients what became of their jobs. */
export interface Reports {
  /** A result, and a dead letter if the end has a reason. Repeated, it makes one letter, and sends the same messages. */
  end(job: ReportedJob, refusal: Refusal): Promise<void>;
}

export function createReports({ bus, peers, reader, deadLetters, clock }: JobGatewayDeps): Reports {
  const write = (
    { jobId, traceId }: ReportedJob,
    { status, code, message }: Refusal,
    more: { readonly workerId: string; readonly errorCode: string },
  ) => {
    const errorMessage = message.slice(0, MAX_MESSAGE_CHARACTERS);
    const value = { jobId, status, errorMessage, ...(code && { errorCodeEnum: ErrorCode[code] }), ...more };
    return peers.write({ case: 'jobResult', value }, { traceId });
  };
  return {
    async end(job, refusal) {
      const { owner, ...letter } = job;
      const { reason, message, code, status } = refusal;
      if (reason !== undefined) {
        if (owner) {
          const { tenant, subject } = owner;
          await deadLetters.add({ ...letter, tenant, subject, reason, message, at: clock.now() });
        }
        await bus.publish(SUBJECTS.deadLetter, write(job, refusal, { workerId: '', errorCode: reason }));
      }
      // A result would end the job that has the id.
      if (job.runId === undefined && (await reader.locateStep(stepIdOfJob(job.jobId)))) return;
      const errorCode = code ?? JobStatus[status];
      await bus.publish(SUBJECTS.result, write(job, refusal, { workerId: peers.senderId, errorCode }));
    },
  };
}
