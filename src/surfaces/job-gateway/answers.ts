import { JobStatus } from '../../cap/generated/cordum/agent/v1/job_pb.js';
import { PacketError } from '../../cap/packet-error.ts';
import { Fault } from '../../core/errors.ts';
import type { EventPayloads, JobEnd } from '../../core/event.ts';
import type { RunRecord } from '../../core/run.ts';
import type { JobEnding } from '../../core/store-reader.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { JobInput } from '../../step-kinds/job.ts';
import type { JobGatewayDeps } from './gateway-deps.ts';
import type { Refusal } from './refusal.ts';
import type { Reports } from './reports.ts';

const POLL_MS = 500;
const BATCH_ENDINGS = 100;
/** For so long the other nodes leave it to this one. */
const CLAIM_MS = 10_000;

/** Tells clients of the ends of their jobs that no worker reported, and has jobs undone: at least once, also if a node dies. */
export interface Answers {
  begin(): void;
  stop(): Promise<void>;
}

export function createAnswers(
  { engine, jobEndings, reader, clock, logger }: JobGatewayDeps,
  reports: Reports,
): Answers {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let isStopped = false;

  /** What the store refuses for good would hold up all that follow. */
  const skipRefused = (runId: string) => (error: unknown) => {
    if (error instanceof Fault && error.code === 'UNAVAILABLE') throw error;
    logger.error('gateway.undo_failed', { runId, error: String(error) });
  };

  const answer = async ({ runId, tenant, position }: JobEnding): Promise<void> => {
    const run = await reader.run({ tenant }, runId);
    if (run) await engine.undoJobs(run).catch(skipRefused(run.id));
    const sender = run?.plan?.sender;
    if (!run || sender === undefined || run.state === 'SUCCEEDED') return;
    let opening: EventPayloads['RUN_CREATED'] | undefined;
    /** Of the last attempt. */
    let reported: JobEnd | undefined;
    for await (const event of reader.history(runId)) {
      if (event.type === 'RUN_CREATED') opening = event.payload;
      else if (event.step !== opening?.steps[0]?.key) continue;
      else if (event.type === 'JOB_DISPATCHED') reported = undefined;
      else if (event.type === 'JOB_ENDED') reported = event.payload;
    }
    // Its client has seen it: a worker publishes what it reports.
    if (!opening || (reported && reported.status !== 'FAILED_RETRYABLE')) return;
    const { job_id: jobId = '', topic } = run.inputs as unknown as JobInput;
    const { traceId, principal: owner } = run;
    const job = { jobId, topic, sender, traceId, owner, runId, source: `${runId}:${position}` };
    await reports.end({ ...job, request: requestOf(opening) }, refusalOf(run, reported));
  };

  /** What cannot be a packet would hold up all that follow. */
  const skipInvalid =
    ({ runId }: JobEnding) =>
    (error: unknown) => {
      if (!(error instanceof PacketError)) throw error;
      logger.error('gateway.answer_failed', { runId, error: error.message });
    };

  const work = async (): Promise<void> => {
    try {
      for (let count = BATCH_ENDINGS; count === BATCH_ENDINGS && !isStopped; ) {
        const endings = (await jobEndings.next(BATCH_ENDINGS, clock.now(), CLAIM_MS)) ?? [];
        for (const ending of endings) await answer(ending).catch(skipInvalid(ending));
        const last = endings.at(-1);
        if (last) await jobEndings.done(last.position);
        count = endings.length;
      }
    } catch (error) {
      logger.warn('gateway.answers_failed', { error: String(error) });
    }
  };
  const schedule = () => {
    if (isStopped) return;
    timer = setTimeout(() => {
      working = work().then(schedule);
    }, POLL_MS);
  };

  return {
    begin: schedule,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await working;
    },
  };
}

/** What the client asked for, to ask for it again. */
function requestOf({ inputs, steps: [step], priority }: EventPayloads['RUN_CREATED']): JsonObject {
  const compensation = step?.terms?.compensate?.input;
  return {
    ...{ job: inputs, priority, maxAttempts: step?.maxAttempts ?? 1 },
    ...(isJsonObject(compensation) && { compensation }),
  };
}

function refusalOf({ state, error }: RunRecord, reported: JobEnd | undefined): Refusal {
  const message = error?.message ?? 'The job has ended.';
  if (state === 'TIMEOUT') return { status: JobStatus.TIMEOUT, code: 'JOB_TIMEOUT', reason: 'timeout', message };
  if (state === 'CANCELLED') return { status: JobStatus.CANCELLED, message };
  if (state === 'DENIED') {
    return { status: JobStatus.DENIED, code: 'SAFETY_DENIED', reason: 'safety_denied', message };
  }
  const { FAILED: status } = JobStatus;
  if (reported) return { status, code: 'JOB_WORKER_UNAVAILABLE', reason: 'max_retries_exceeded', message };
  return { status, code: 'JOB_INVALID_INPUT', reason: 'dispatch_failed', message };
}
