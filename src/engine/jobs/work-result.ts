import { Check, Errors } from 'typebox/value';
import type { ToolContext } from '../../core/agent-session.ts';
import { ERROR_CODES, type ErrorCode, Fault, isRetryable } from '../../core/errors.ts';
import type { JobEnd, NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { StepResult } from '../../core/resource.ts';
import { artifactDigest } from '../../lib/artifact-uri.ts';
import type { Json } from '../../lib/json.ts';
import type { Attempt } from '../model/attempt.ts';
import { RemoteWorkResult, WorkReport } from '../model/remote-work.ts';
import { jsonContent } from '../steps/secret-redactor.ts';
import type { JobEngineDeps } from './job-deps.ts';
import { faultOf, type JobOutputDeps, readPointer } from './job-output.ts';
import type { ReportedEvents } from './reported-events.ts';

type WorkResultDeps = JobOutputDeps & JobEngineDeps & { readonly reported: ReportedEvents };

/**
 * The output of a step of a remote pool, from the result of its worker. Records the events and artifacts that the worker reports.
 * @throws Fault that says how it failed otherwise
 */
export async function outputOfWork(
  deps: WorkResultDeps,
  end: JobEnd,
  attempt: Attempt,
  context: ToolContext,
): Promise<StepResult> {
  const result = await readResult(deps, end, context);
  if (!result) throw faultOf(end);
  const { events = [], used_tokens: usedTokens = 0 } = result;
  await deps.reported.take(attempt.step, end.jobId, { from: 0, events }, (event) => {
    attempt.emit({ ...event, at: deps.clock.now(), step: attempt.step.key } as NewEvent);
    return true;
  });
  if (usedTokens > 0) await countTokens(deps, attempt, usedTokens);
  await recordArtifacts(deps, attempt, result.artifacts ?? []);
  // Otherwise it expires later.
  if (end.resultPtr !== undefined && deps.pointers.has(end.resultPtr, end.jobId)) {
    await deps.pointers.expire(end.resultPtr).catch(() => {});
  }
  if (end.status !== 'SUCCEEDED' || result.status === 'failed')
    throw result.error ? faultOfWork(result.error) : faultOf(end);
  const { content, output = null } = result;
  if (!content) return jsonContent(output);
  const { media_type: mediaType, text, uri } = content;
  if (text !== undefined) return { mediaType, content: text };
  return { mediaType, content: await deps.artifacts.open(digestOf(uri)) };
}

/** The events that the message of a progress reports; undefined for any other message. */
export function readReport(message: string): WorkReport | undefined {
  if (!message.startsWith('{"from":')) return undefined;
  try {
    const report = parseJson(message);
    return Check(WorkReport, report) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when the job failed, and its packet says everything. */
async function readResult(
  deps: JobOutputDeps,
  end: JobEnd,
  context: ToolContext,
): Promise<RemoteWorkResult | undefined> {
  const { resultPtr, status, worker } = end;
  const hasFailed = status !== 'SUCCEEDED';
  if (resultPtr === undefined) return hasFailed ? undefined : { status: 'succeeded', output: null };
  try {
    const { bytes } = await readPointer(deps, resultPtr, end.jobId, context);
    const result = parseJson(Buffer.from(bytes).toString('utf8'));
    if (Check(RemoteWorkResult, result)) return result;
    const [problem] = Errors(RemoteWorkResult, result);
    const message = `The result of the worker ${worker} is not valid: ${problem?.instancePath || '/'} ${problem?.message}.`;
    throw new Fault('BAD_INPUT', message);
  } catch (error) {
    if (hasFailed) return undefined;
    throw error;
  }
}

async function recordArtifacts(
  deps: WorkResultDeps,
  { run, step, signal, emit }: Attempt,
  artifacts: NonNullable<RemoteWorkResult['artifacts']>,
): Promise<void> {
  const store = deps.quotas.artifactsOf(run.record.principal, deps.artifacts);
  for (const { name, media_type: mediaType, uri } of artifacts) {
    // Read and counted, because its size and quotas are this server's.
    const bytes = await deps.artifacts.open(digestOf(uri));
    const { digest, size } = await store.put(bytes, { maxBytes: deps.maxResultBytes, signal });
    const payload = { id: newId('art'), name, mediaType, digest, size };
    emit({ type: 'ARTIFACT_CREATED', at: deps.clock.now(), step: step.key, payload });
  }
}

function digestOf(uri: string | undefined): string {
  const digest = artifactDigest(uri ?? '');
  if (digest !== undefined) return digest;
  throw new Fault(
    'BAD_INPUT',
    `The worker refers to ${uri ?? 'nothing'} instead of an artifact. Write artifact:sha256/….`,
  );
}

/** What the worker used counts, also beyond a limit. */
async function countTokens({ tokens, clock }: WorkResultDeps, { run }: Attempt, used: number): Promise<void> {
  const { id: runId, principal: who } = run.record;
  const day = clock.now().toISOString().slice(0, 10);
  const limits = { perRun: Number.MAX_SAFE_INTEGER, perPrincipalDay: Number.MAX_SAFE_INTEGER };
  await tokens.reserve({ id: newId('call'), runId, who, day, tokens: used }, limits);
}

function faultOfWork(error: NonNullable<RemoteWorkResult['error']>): Fault {
  const { code, message, retryable, details, fatal, retry_after_ms: retryAfterMs } = error;
  return new Fault(codeOf(code, retryable), message, {
    ...(details !== undefined && { details: details as Json }),
    ...(fatal && { fatal: true }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The code of the worker, unless it is unknown or contradicts `retryable`. */
function codeOf(code: string | undefined, retryable: boolean | undefined): ErrorCode {
  const known = ERROR_CODES.find((one) => one === code);
  if (known && (retryable === undefined || isRetryable(known) === retryable)) return known;
  return retryable ? 'UNAVAILABLE' : 'BAD_INPUT';
}
