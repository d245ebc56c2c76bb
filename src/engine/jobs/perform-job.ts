import type { JobConstraints } from '../../cap/constraints.ts';
import { SUBJECTS } from '../../cap/subjects.ts';
import { Fault } from '../../core/errors.ts';
import type { JobEnd } from '../../core/event.ts';
import type { Decision } from '../../core/policy.ts';
import { canonicalJson } from '../../lib/json.ts';
import { constraintsOf } from '../../policy/rules/obligation.ts';
import type { JobInput } from '../../step-kinds/job.ts';
import { stepAccessRequests } from '../capabilities/access-requests.ts';
import { type Attempt, UndeliveredError } from '../model/attempt.ts';
import { jobIdOf } from '../model/job-id.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { withSecretsRedacted } from '../steps/secret-redactor.ts';
import { createToolContexts } from '../steps/tool-context.ts';
import type { ClusterDeps, JobEngineDeps, JobWaits } from './job-deps.ts';
import { outputOfJob } from './job-output.ts';
import { toJobRequest } from './job-packets.ts';
import type { JobQueue } from './job-places.ts';
import type { ReportedEvents } from './reported-events.ts';
import { jobOfWork } from './work-item.ts';
import { outputOfWork } from './work-result.ts';

interface PerformJobDeps extends JobEngineDeps, ClusterDeps {
  readonly queue: JobQueue;
  readonly waits: JobWaits;
  readonly reported: ReportedEvents;
}

/**
 * One attempt at a job. A node that takes over the run waits for the job that was sent. A job that may or may not have been
 * sent is sent again only if its step is idempotent.
 * @throws UndeliveredError when no worker listens
 */
export async function performJob(deps: PerformJobDeps, attempt: Attempt): Promise<StoredOutput> {
  const { waits } = deps;
  const { run, step } = attempt;
  const ended = Promise.withResolvers<void>();
  const wait = { runId: run.record.id, key: step.key, onEnded: ended.resolve };
  // Its result may come before the bus has confirmed that the job was sent.
  waits.set(step.id, wait);
  try {
    return await sendAndWait(deps, attempt, ended.promise);
  } finally {
    if (waits.get(step.id) === wait) waits.delete(step.id);
  }
}

async function sendAndWait(deps: PerformJobDeps, attempt: Attempt, ended: Promise<void>): Promise<StoredOutput> {
  const { run, step, signal } = attempt;
  const isWork = step.terms?.topic !== undefined;
  const jobId = jobIdOf(step);
  const recordedEnd = () => run.bookkeeping.get(step.key)?.job?.end;
  const now = deps.clock.now().getTime();
  const decisions = decideNow(deps, attempt);
  const constraints = constraintsOf(decisions);
  const ownTimeoutMs = step.terms?.timeoutMs ?? defaultTimeoutMs(deps, attempt);
  const timeoutMs = Math.min(ownTimeoutMs, constraints?.max_runtime_ms ?? ownTimeoutMs);
  const until = (step.startedAt?.getTime() ?? now) + timeoutMs;
  const mayHaveBeenSent = run.bookkeeping.get(step.key)?.job !== undefined;
  if (!mayHaveBeenSent || (step.state === 'DISPATCHED' && step.terms?.idempotent && !recordedEnd())) {
    const denied = decisions.find(({ effect }) => effect === 'DENY');
    if (denied) throw new Fault('FORBIDDEN', denied.reason, { decision: denied });
    await dispatch(deps, attempt, { jobId, timeoutMs, isWork, isFirst: !mayHaveBeenSent, constraints });
  }
  // The run may continue only now, although the job has ended in time.
  const leftMs = recordedEnd() ? timeoutMs : Math.max(1, until - now);
  try {
    return await withSecretsRedacted({ ...deps, agentTimeoutMs: timeoutMs, leftMs }, attempt, async (redactor) => {
      const { attempt: inner } = redactor;
      const end = recordedEnd() ?? (await endOfJob(inner, until, ended, recordedEnd));
      const context = createToolContexts(deps, redactor)(inner.signal);
      return isWork ? outputOfWork(deps, end, inner, context) : outputOfJob(deps, end, context);
    });
  } catch (error) {
    if (!recordedEnd() && !isReleased(signal)) sendCancel(deps, attempt, jobId, error);
    throw error;
  } finally {
    // The worker continues, and so does the run elsewhere.
    if (isReleased(signal)) deps.queue.keep(step.id, until);
    else deps.queue.release(step.id);
  }
}

const COMMAND_KINDS: ReadonlySet<string> = new Set(['COMMAND', 'QUERY', 'TRANSFORM']);

/** The time limit of a job that its step does not state. */
function defaultTimeoutMs({ jobTimeoutMs, timeoutMs, agentTimeoutMs }: PerformJobDeps, { run, step }: Attempt): number {
  if (step.terms?.topic !== undefined) return COMMAND_KINDS.has(step.kind) ? timeoutMs : agentTimeoutMs;
  return (inputOf(run, step) as unknown as JobInput).budget?.deadline_ms ?? jobTimeoutMs;
}

interface Dispatch {
  readonly jobId: string;
  readonly timeoutMs: number;
  /** The step is one of a remote pool. */
  readonly isWork: boolean;
  readonly isFirst: boolean;
  readonly constraints: JobConstraints | undefined;
}

async function dispatch(
  deps: PerformJobDeps,
  attempt: Attempt,
  { jobId, timeoutMs, isWork, isFirst, constraints }: Dispatch,
): Promise<void> {
  const { run, step, emit, flush } = attempt;
  const input = isWork ? await jobOfWork(deps, attempt, timeoutMs) : (inputOf(run, step) as unknown as JobInput);
  const { topic, context } = input;
  if (!deps.bus.isConnected()) throw new UndeliveredError(deps.queue.pause(topic));
  const written =
    context === undefined ? '' : await deps.pointers.writeContext(jobId, Buffer.from(canonicalJson(context)));
  const contextPtr = input.context_ptr ?? written;
  const place = deps.queue.placeOf(step.id) ?? { subject: topic };
  const worker = place.workerId === undefined ? {} : { worker: place.workerId };
  emit({ type: 'JOB_DISPATCHED', at: deps.clock.now(), step: step.key, payload: { jobId, topic, ...worker } });
  await flush();
  if (isFirst) deps.reported.begin(jobId);
  const value = toJobRequest(input, run.record, step, { jobId, contextPtr, ...(constraints && { constraints }) });
  const packet = deps.packets.write({ case: 'jobRequest', value }, { traceId: run.record.traceId });
  if (!(await deps.bus.deliver(place.subject, packet))) throw new UndeliveredError(deps.queue.miss(place, topic));
  deps.queue.resume(topic);
  attempt.delivered();
}

/** The policy may have changed while the job waited for a worker. What it allowed then counts against no rate again. */
function decideNow(deps: PerformJobDeps, { run, step, actor }: Attempt): readonly Decision[] {
  const requests = stepAccessRequests(deps, step, inputOf(run, step));
  return requests.flatMap((request) => deps.gate.preview(actor, request));
}

/** Waits, which the run may do without being in memory. */
async function endOfJob(
  { step, signal, beginWait }: Attempt,
  until: number,
  ended: Promise<void>,
  recordedEnd: () => JobEnd | undefined,
): Promise<JobEnd> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const endWait = beginWait(step, until);
  try {
    signal.throwIfAborted();
    await Promise.race([ended, aborted.promise]);
  } finally {
    endWait();
    signal.removeEventListener('abort', onAbort);
  }
  // It need not be durable yet: until it is, the report of the worker is not acknowledged, and comes again.
  const end = recordedEnd();
  if (!end) throw new Error(`the job of step ${step.key} has no end`);
  return end;
}

function isReleased({ reason }: AbortSignal): boolean {
  return reason instanceof Fault && reason.code === 'UNAVAILABLE';
}

/** Nobody waits for the job any longer. Workers of others may not listen: they finish, and are ignored. */
function sendCancel(deps: PerformJobDeps, { run }: Attempt, jobId: string, error: unknown): void {
  const { traceId, principal } = run.record;
  const reason = error instanceof Fault ? error.message : 'The step ended.';
  const payload = { case: 'jobCancel', value: { jobId, reason, requestedBy: principal.subject } } as const;
  const log = (cause: unknown) =>
    deps.logger.warn('job.cancel_failed', { runId: run.record.id, jobId, error: String(cause) });
  try {
    deps.bus.publish(SUBJECTS.cancel, deps.packets.write(payload as never, { traceId })).catch(log);
  } catch (cause) {
    log(cause);
  }
}
