import { newId } from '../../core/ids.ts';
import type { StepOutput } from '../../core/run.ts';
import type { Json } from '../../lib/json.ts';
import type { JobInput } from '../../step-kinds/job.ts';
import type { Attempt } from '../model/attempt.ts';
import type { RemoteWorkItem } from '../model/remote-work.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { findOutput, scopeOfActor } from '../steps/step-reader.ts';
import type { JobEngineDeps } from './job-deps.ts';

const ARTIFACT_URI = /artifact:sha256\/([0-9a-f]{64})/gi;
/** Kinds that ask no language model. */
const WITHOUT_MODEL: ReadonlySet<string> = new Set(['COMMAND', 'QUERY', 'TRANSFORM', 'TOOL']);

/** The job of a step of a remote pool: what the step would do here, for a worker. */
export async function jobOfWork(deps: JobEngineDeps, attempt: Attempt, timeoutMs: number): Promise<JobInput> {
  const { run, step, actor } = attempt;
  const { subject, username, tenant, roles, authors } = actor;
  const input = inputOf(run, step);
  const item: RemoteWorkItem = {
    run_id: run.record.id,
    step_id: step.id,
    step: step.key,
    kind: step.kind.toLowerCase(),
    capability: step.capability,
    attempt: step.attempt,
    input,
    idempotency_key: `${run.record.id}/${step.id}/${step.attempt}`,
    trace_id: run.record.traceId,
    timeout_ms: timeoutMs,
    actor: {
      ...{ subject, username, tenant, roles: [...roles] },
      ...(authors && { authors: authors.map((author) => ({ ...author, roles: [...author.roles] })) }),
    },
    policy: deps.policy.snapshot(),
    content: await readableContent(deps, attempt, input),
    ...(step.terms?.outputMediaType !== undefined && { output_media_type: step.terms.outputMediaType }),
  };
  const maxTokens = WITHOUT_MODEL.has(step.kind) ? undefined : await tokensLeft(deps, attempt);
  return {
    topic: step.terms?.topic ?? '',
    context: item as unknown as Json,
    budget: { deadline_ms: timeoutMs, ...(maxTokens !== undefined && { max_total_tokens: maxTokens }) },
    meta: { capability: step.capability },
  };
}

/** The stored content that the input refers to and the actor may read: the worker has no database to ask. */
async function readableContent(
  deps: JobEngineDeps,
  { run, actor }: Attempt,
  input: Json,
): Promise<RemoteWorkItem['content']> {
  const digests = new Set(
    [...JSON.stringify(input).matchAll(ARTIFACT_URI)].map(([, digest = '']) => digest.toLowerCase()),
  );
  const scope = scopeOfActor(deps, actor);
  const outputs: StepOutput[] = [];
  for (const digest of digests) {
    const stored = findOutput(run, digest) ?? (scope && (await deps.reader.content(scope, digest)));
    if (!stored) continue;
    if ('digest' in stored) outputs.push(stored);
    else outputs.push(stored.kind === 'text' ? stored.output : stored.artifact);
  }
  return outputs.map(({ digest, mediaType, size, text }) => {
    return { digest, media_type: mediaType, size, ...(text !== undefined && { text }) };
  });
}

/** What the run and its principal may use now. The job counts when it has ended. */
async function tokensLeft(
  { tokens, tokenLimits, clock }: JobEngineDeps,
  { run }: Attempt,
): Promise<number | undefined> {
  const day = clock.now().toISOString().slice(0, 10);
  const { id: runId, principal: who } = run.record;
  const more = tokenLimits.perRun + tokenLimits.perPrincipalDay + 1;
  // More than there can be: nothing is reserved, and the answer says what is left.
  return (await tokens.reserve({ id: newId('call'), runId, who, day, tokens: more }, tokenLimits))?.left;
}
