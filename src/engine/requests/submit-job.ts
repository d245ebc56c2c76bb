import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import { Fault } from '../../core/errors.ts';
import { isClientJobId, isTraceId, newId, stepIdOfJob } from '../../core/ids.ts';
import type { Policy } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { PlannedStep, RunRecord, RunSnapshot, StepBody } from '../../core/run.ts';
import { DEAD_LETTER_LABEL, type DeadLetters, type StoreReader } from '../../core/store-reader.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { scopeOf } from '../../policy/visibility.ts';
import type { JobInput } from '../../step-kinds/job.ts';
import { identifyRequest, userOf } from '../driver/run-start.ts';
import type { JobFamily } from '../failover/job-family.ts';
import type { JobRequest } from './engine.ts';
import { type ExecuteDeps, startPlan } from './execute-command.ts';
import { checkLabels } from './labels.ts';
import { type RunControlDeps, visibleRun } from './run-control.ts';
import { checkWait } from './wait-for-end.ts';

const JOB = { kind: 'JOB', capability: 'job', effect: 'external' } as const;
const RETRY = { backoffMs: 1_000, maxBackoffMs: 30_000 };
/** By CAP, the timeout of a job is its end. */
const SENDER_RETRIES = ['UNAVAILABLE', 'RESOURCE_UNREACHABLE', 'THROTTLED'] as const;

export type SubmitJobDeps = ExecuteDeps &
  Pick<RunControlDeps, 'policy' | 'gate' | 'reader'> &
  Pick<JobFamily, 'cancelWithParent'> & { readonly deadLetters: Pick<DeadLetters, 'find'> };

/** See `Engine.submitJob`. */
export async function submitJob(deps: SubmitJobDeps, principal: SignedIn, request: JobRequest): Promise<RunSnapshot> {
  const { priority = 'INTERACTIVE', maxAttempts = 1, labels = {}, waitMs = 0 } = request;
  const { parentId, compensation, sender, rerunOf } = request;
  checkWait(waitMs);
  checkLabels(labels);
  const user = userOf(principal);
  const job = validJob(deps, request.job);
  const undo = compensation && validJob(deps, { ...inherited(job), ...compensation });
  const { job_id: jobId, topic } = job as unknown as JobInput;
  const step: PlannedStep = {
    ...JOB,
    id: jobId === undefined ? newId('step') : stepIdOfJob(jobId),
    key: 'job',
    title: topic,
    dependsOn: [],
    input: job,
    maxAttempts,
    terms: {
      ...(maxAttempts > 1 && { retry: sender === undefined ? RETRY : { ...RETRY, on: SENDER_RETRIES } }),
      ...(undo && { compensate: { ...JOB, input: undo, maxAttempts: 1 } satisfies StepBody }),
    },
  };
  // A job that is submitted twice is one job.
  const key = request.idempotencyKey ?? (jobId === undefined || sender !== undefined ? undefined : jobKey(jobId));
  const identity = identifyRequest({ ...request, ...(key !== undefined && { idempotencyKey: key }) }, [
    ...[job, undo ?? null, priority, maxAttempts, labels],
  ]);
  deps.gate.pass(user, { action: 'mutation:submitJob' });
  if (parentId !== undefined) assertNotCancelled(await visibleRun(deps, principal, parentId, 'mutation:submitJob'));
  const plan = {
    ...({ kind: 'JOB', inputs: job, steps: [step], labels, priority } as const),
    ...(parentId !== undefined && { parentId }),
    ...(sender !== undefined && { plan: { sender } }),
    ...(rerunOf !== undefined && { rerunOf }),
  };
  return deps.idempotency(user, identity, waitMs, async () => {
    const handle = await startPlan(deps, user, plan, identity);
    if (parentId !== undefined) void deps.cancelWithParent(handle, parentId);
    return handle;
  });
}

/** See `Engine.replayDeadLetter`. */
export async function replayDeadLetter(deps: SubmitJobDeps, principal: SignedIn, id: string): Promise<RunSnapshot> {
  deps.gate.pass(principal, { action: 'mutation:replayDeadLetter' });
  const scope = scopeOf(principal, deps.policy);
  const letter = scope && (await deps.deadLetters.find(scope, id));
  if (!letter) throw new Fault('NOT_FOUND', `There is no dead letter ${id} that you may see.`, { path: ['id'] });
  const { request, jobId, sender, traceId, runId } = letter;
  if (!request) {
    const message = `${sender} reported the job ${jobId}, but not what it was. Submit it again there.`;
    throw new Fault('CONFLICT', message, { path: ['id'] });
  }
  const asked = request as unknown as JobRequest;
  const { job_id: _, ...job } = asked.job;
  const parent = await parentOfJob(deps, principal, String(job.parent_job_id ?? ''));
  const isFree = (await deps.reader.locateStep(stepIdOfJob(jobId))) === undefined;
  return submitJob(deps, principal, {
    ...asked,
    // Its client learns of the end if the id is that of its job.
    ...(isFree ? { sender } : { job }),
    ...(isTraceId(traceId) && { traceId }),
    // For a run that was cancelled no job is started, and the caller asks for this one.
    ...(parent && parent.state !== 'CANCELLED' && { parentId: parent.id }),
    ...(runId !== undefined && { rerunOf: runId }),
    labels: { [DEAD_LETTER_LABEL]: id },
  });
}

/** The run of the job that another one names as its parent, if the principal may see it. */
export async function parentOfJob(
  { reader, policy }: { readonly reader: Pick<StoreReader, 'run' | 'locateStep'>; readonly policy: Policy },
  principal: SignedIn,
  parentJobId: string,
): Promise<RunRecord | undefined> {
  const scope = parentJobId === '' ? undefined : scopeOf(principal, policy);
  const location = scope && (await reader.locateStep(stepIdOfJob(parentJobId)));
  return location && reader.run(scope, location.runId);
}

/** @throws Fault CONFLICT */
function assertNotCancelled({ id, state }: RunRecord): void {
  if (state === 'CANCELLED') throw new Fault('CONFLICT', `Run ${id} was cancelled, so no job is started for it.`);
}

/** Any text, as an idempotency key must be visible ASCII. */
function jobKey(jobId: string): string {
  return `job:${encodeURIComponent(jobId).slice(0, 200)}`;
}

function validJob({ capabilities }: ExecuteDeps, job: JsonObject): JsonObject {
  const capability = capabilities.of(JOB);
  const valid = validateOptions(capability as AnyCommand, job) as JsonObject;
  const { job_id: jobId } = valid;
  if (typeof jobId !== 'string' || isClientJobId(jobId)) return valid;
  throw new Fault('BAD_INPUT', `${jobId} looks like an id that this server gives its jobs. Choose another one.`, {
    path: ['job_id'],
  });
}

/** What a compensation takes from its job where it states nothing else (CAP 8). Its idempotency key is its own. */
function inherited({ topic, adapter_id, env, memory_id, labels, meta, context_ptr }: JsonObject): JsonObject {
  const { idempotency_key: _, ...sharedMeta } = isJsonObject(meta) ? meta : {};
  const all = { topic, adapter_id, env, memory_id, labels, context_ptr, meta: meta && sharedMeta };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject;
}
