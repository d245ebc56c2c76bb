import { type ErrorCode, JobStatus } from '../../cap/generated/cordum/agent/v1/job_pb.js';
import { Fault, type ErrorCode as FaultCode } from '../../core/errors.ts';
import { isJsonObject } from '../../lib/json.ts';

/** Why a job goes no further: where the protocol has a name for it, that name. */
export type DeadLetterReason =
  | 'safety_denied'
  | 'tenant_limit'
  | 'max_scheduling_retries'
  | 'max_retries_exceeded'
  | 'dispatch_failed'
  | 'identity_refused'
  | 'invalid_request'
  | 'duplicate_job'
  | 'timeout';

type CodeName = Extract<keyof typeof ErrorCode, `${'JOB' | 'SAFETY'}_${string}`>;

/** The end of a job that no worker reported, as the protocol says it. */
export interface Refusal {
  readonly status: JobStatus;
  /** Absent where the protocol has none. */
  readonly code?: CodeName;
  /** Absent for what was wanted. */
  readonly reason?: DeadLetterReason;
  readonly message: string;
}

/** A job that is not accepted, and would not be if it came again. */
export class RefusedJob extends Error {
  readonly refusal: Refusal;

  constructor(code: CodeName, reason: DeadLetterReason, message: string) {
    super(message);
    this.name = 'RefusedJob';
    this.refusal = { status: JobStatus.FAILED, code, reason, message };
  }
}

/** How often a job that cannot be taken now is tried: for some ten minutes. */
const MAX_DELIVERIES = 25;

const INVALID: ReadonlySet<FaultCode> = new Set([
  'BAD_INPUT',
  'SCHEMA_VIOLATION',
  'UNSUPPORTED_SCHEME',
  'RESOURCE_TOO_LARGE',
  'NOT_FOUND',
]);

/** @returns undefined for an error after which the job may be taken when it comes again */
export function refusalOf(error: unknown, deliveries: number): Refusal | undefined {
  if (error instanceof RefusedJob) return error.refusal;
  const fault = error instanceof Fault ? error : undefined;
  const message = fault?.message ?? 'The server failed while it took the job. Its log says why.';
  if (fault?.code === 'FORBIDDEN') {
    return { status: JobStatus.DENIED, code: 'SAFETY_DENIED', reason: 'safety_denied', message };
  }
  if (fault && INVALID.has(fault.code)) {
    return { status: JobStatus.FAILED, code: 'JOB_INVALID_INPUT', reason: 'invalid_request', message };
  }
  if (deliveries < MAX_DELIVERIES) return undefined;
  return { status: JobStatus.FAILED, code: 'JOB_RESOURCE_EXHAUSTED', reason: reasonOfRetries(fault), message };
}

/** The end of a job that would wait, if its account did not have so many that wait. */
export function tooManyWaiting({ message }: Fault): Refusal {
  const advice = 'Too many jobs of this account wait for the same. Submit it again when they have been taken.';
  return {
    ...{ status: JobStatus.FAILED, code: 'JOB_RESOURCE_EXHAUSTED', reason: 'tenant_limit' },
    message: `${message} ${advice}`,
  };
}

function reasonOfRetries(fault: Fault | undefined): DeadLetterReason {
  if (!fault) return 'dispatch_failed';
  return isJsonObject(fault.details) && 'quota' in fault.details ? 'tenant_limit' : 'max_scheduling_retries';
}
