import { setTimeout as sleep } from 'node:timers/promises';
import { Check, Errors } from 'typebox/value';
import { type JobRequest, JobStatus } from '../cap/generated/cordum/agent/v1/job_pb.js';
import { Fault } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Failure } from '../core/run.ts';
import { RemoteWorkItem, type RemoteWorkResult } from '../engine/model/remote-work.ts';
import { toFailure } from '../engine/outputs/to-failure.ts';
import { backoffDelayMs } from '../lib/backoff.ts';
import { readConstraints } from './constraints.ts';
import { performItem, type WorkDeps } from './perform-item.ts';
import type { Report } from './report.ts';

/** Of the context of a job, as the protocol has it. */
const MAX_CONTEXT_BYTES = 2 * 2 ** 20;
/** A policy that was changed is in force on all nodes after this. */
const POLICY_DELAY_MS = 10_000;
const POLICY_CHECK_MS = 200;
/** How often a result is written before the job ends without it. */
const MAX_WRITES = 8;
const BACKOFF = { baseMs: 200, maxMs: 10_000, random: Math.random };
const MAX_MESSAGE_LENGTH = 8_192;

export interface JobDeps {
  readonly work: WorkDeps;
  readonly pointers: WorkPointers;
  /** sha256 of the policy that this worker has. */
  policySnapshot(): string;
}

/** Where contexts and results are. */
export interface WorkPointers {
  /** @throws Fault NOT_FOUND, RESOURCE_TOO_LARGE, UNAVAILABLE */
  readContext(pointer: string, maxBytes: number): Promise<Uint8Array>;
  /** @returns its pointer. @throws Fault UNAVAILABLE, RESOURCE_TOO_LARGE */
  writeResult(jobId: string, bytes: Uint8Array): Promise<string>;
}

/** The end of a job, for its packet. */
export interface DoneJob {
  readonly status: JobStatus;
  readonly executionMs: bigint;
  readonly resultPtr?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

/** Does one job, and stores its result. Never rejects. */
export async function performJob(
  deps: JobDeps,
  request: JobRequest,
  { signal, report }: { readonly signal: AbortSignal; readonly report: Report },
): Promise<DoneJob> {
  const began = performance.now();
  const { work, pointers } = deps;
  let result: RemoteWorkResult;
  let failure: Failure | undefined;
  try {
    result = { status: 'succeeded', ...(await perform(deps, request, signal, report)), ...report.end() };
  } catch (error) {
    // A program that was killed because of that may say so first, which would be another failure.
    const cause = signal.aborted ? signal.reason : error;
    failure = toFailure(cause, work.logger, { jobId: request.jobId });
    const { retryAfterMs, ...rest } = failure;
    const shown = { ...rest, ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) };
    result = { status: 'failed', error: shown, ...report.end() };
  }
  const end = () => ({ executionMs: BigInt(Math.round(performance.now() - began)), ...endOf(failure) });
  try {
    const resultPtr = await write(pointers, request.jobId, Buffer.from(JSON.stringify(result)));
    return { ...end(), resultPtr };
  } catch (error) {
    failure ??= toFailure(error, work.logger, { jobId: request.jobId });
    return end();
  }
}

async function perform(
  { work, pointers, policySnapshot }: JobDeps,
  request: JobRequest,
  signal: AbortSignal,
  report: Report,
) {
  signal.throwIfAborted();
  const { maxRuntimeMs, maxArtifactBytes } = readConstraints(request.env);
  const item = parseItem(await pointers.readContext(request.contextPtr, MAX_CONTEXT_BYTES));
  await waitForPolicy(item.policy, policySnapshot, signal);
  const maxTokens = Number(request.budget?.maxTotalTokens ?? 0n);
  const limited = { ...item, timeout_ms: Math.min(item.timeout_ms, maxRuntimeMs) };
  return performItem(work, limited, { signal, maxTokens, maxArtifactBytes, emit: report.emit });
}

/** @throws Fault BAD_INPUT */
function parseItem(bytes: Uint8Array): RemoteWorkItem {
  const item = parseJson(Buffer.from(bytes).toString('utf8'));
  if (Check(RemoteWorkItem, item)) return item;
  const [problem] = Errors(RemoteWorkItem, item);
  const message = `The context of the job is not a WorkItem: ${problem?.instancePath || '/'} ${problem?.message}. Only steps of remote pools are sent here.`;
  throw new Fault('BAD_INPUT', message);
}

/** Whatever is decided here is what the server would decide. @throws Fault UNAVAILABLE */
async function waitForPolicy(snapshot: string, current: () => string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + POLICY_DELAY_MS;
  while (current() !== snapshot) {
    if (performance.now() > until) {
      const message =
        'The policy of the worker is not that of the server. Give both the same POLICY_FILE and POLICY_MODEL.';
      throw new Fault('UNAVAILABLE', message, { retryAfterMs: POLICY_DELAY_MS });
    }
    await sleep(POLICY_CHECK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Also a job that was cancelled or stopped reports what it did. */
async function write(pointers: WorkPointers, jobId: string, bytes: Uint8Array): Promise<string> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await pointers.writeResult(jobId, bytes);
    } catch (error) {
      const mayPass = error instanceof Fault && error.code === 'UNAVAILABLE';
      if (!mayPass || attempts === MAX_WRITES) throw error;
    }
    await sleep(backoffDelayMs(attempts, BACKOFF), undefined, { ref: false });
  }
}

function endOf(failure: Failure | undefined): Pick<DoneJob, 'status' | 'errorCode' | 'errorMessage'> {
  if (!failure) return { status: JobStatus.SUCCEEDED };
  const { code, message } = failure;
  return { status: statusOf(failure), errorCode: code, errorMessage: message.slice(0, MAX_MESSAGE_LENGTH) };
}

function statusOf({ code, retryable, fatal }: Failure): JobStatus {
  if (fatal) return JobStatus.FAILED_FATAL;
  if (code === 'CANCELLED') return JobStatus.CANCELLED;
  if (code === 'TIMEOUT') return JobStatus.TIMEOUT;
  if (code === 'FORBIDDEN' || code === 'APPROVAL_REQUIRED') return JobStatus.DENIED;
  return retryable ? JobStatus.FAILED_RETRYABLE : JobStatus.FAILED;
}
