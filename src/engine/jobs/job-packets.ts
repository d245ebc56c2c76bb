import { create, fromJson } from '@bufbuild/protobuf';
import { type JobConstraints, toConstraintVariables } from '../../cap/constraints.ts';
import {
  BudgetSchema,
  JobMetadataSchema,
  JobPriority,
  type JobRequest,
  JobRequestSchema,
  type JobResult,
  JobStatus,
} from '../../cap/generated/cordum/agent/v1/job_pb.js';
import { JOB_END_STATUSES, type JobEnd } from '../../core/event.ts';
import type { RunRecord } from '../../core/run.ts';
import type { JobInput } from '../../step-kinds/job.ts';
import type { MutableStep } from '../model/run-aggregate.ts';

/** Where packets carry the run of a job, for people who look at a worker. */
const RUN_LABEL = 'signalbox.run_id';

/**
 * The job of one attempt.
 * @param contextPtr where its context is; empty without one
 */
export function toJobRequest(
  input: JobInput,
  run: RunRecord,
  step: MutableStep,
  {
    jobId,
    contextPtr,
    constraints,
  }: { readonly jobId: string; readonly contextPtr: string; readonly constraints?: JobConstraints },
): JobRequest {
  const { topic, context: _, context_ptr: __, job_id: ___, meta, labels, ...rest } = input;
  const optional = {
    ...rest,
    ...(meta && { meta: { ...meta, ...(meta.actor_type && { actor_type: `ACTOR_TYPE_${meta.actor_type}` }) } }),
  };
  const request =
    Object.keys(optional).length > 0 ? fromJson(JobRequestSchema, optional) : create(JobRequestSchema, {});
  const { tenant, subject } = run.principal;
  request.jobId = jobId;
  request.topic = topic;
  request.priority = JobPriority[run.priority];
  request.contextPtr = contextPtr;
  request.workflowId = run.id;
  request.stepIndex = step.position;
  request.tenantId = tenant;
  request.principalId = subject;
  request.labels = { ...labels, [RUN_LABEL]: run.id };
  if (constraints) {
    const { max_runtime_ms: maxRuntimeMs } = constraints;
    // What the policy says comes last, so that a job cannot state it itself.
    request.env = { ...request.env, ...toConstraintVariables(constraints) };
    if (maxRuntimeMs !== undefined) {
      const budget = request.budget ?? create(BudgetSchema);
      const stated = budget.deadlineMs > 0n ? Number(budget.deadlineMs) : maxRuntimeMs;
      budget.deadlineMs = BigInt(Math.min(stated, maxRuntimeMs));
      request.budget = budget;
    }
  }
  const metadata = request.meta ?? create(JobMetadataSchema);
  request.meta = metadata;
  metadata.tenantId = tenant;
  // The same for all attempts, so that a worker can tell that it has done the job.
  metadata.idempotencyKey ||= step.id;
  return request;
}

/** The end that a result states; undefined when it states none. */
export function toJobEnd(result: JobResult): JobEnd | undefined {
  const name = JobStatus[result.status];
  const status = JOB_END_STATUSES.find((one) => one === name);
  if (status === undefined) return undefined;
  const { jobId, workerId, resultPtr, artifactPtrs, executionMs, errorCode, errorMessage } = result;
  return {
    jobId,
    status,
    worker: workerId,
    ...(resultPtr !== '' && { resultPtr }),
    ...(artifactPtrs.length > 0 && { artifactPtrs }),
    ...(executionMs > 0n && { executionMs: Number(executionMs) }),
    ...(errorCode !== '' && { errorCode }),
    ...(errorMessage !== '' && { errorMessage: errorMessage.slice(0, MAX_MESSAGE_CHARACTERS) }),
  };
}

const MAX_MESSAGE_CHARACTERS = 8_192;
