import { Fault } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import type { PlannedStep, StepOutput } from '../core/run.ts';
import { actorOf } from '../engine/model/actor.ts';
import { type Attempt, PausedError } from '../engine/model/attempt.ts';
import type { RemoteWorkItem, RemoteWorkResult } from '../engine/model/remote-work.ts';
import { createRunAggregate, stepOf } from '../engine/model/run-aggregate.ts';
import type { StoredOutput } from '../engine/outputs/store-output.ts';
import { performHere } from '../engine/perform-step.ts';
import type { AgentStepDeps } from '../engine/steps/step-deps.ts';
import { artifactUri } from '../lib/artifact-uri.ts';
import { createTokenBudget } from './without-database.ts';

/** What steps need on a worker. */
export type WorkDeps = Omit<AgentStepDeps, 'reader' | 'tokens' | 'tokenLimits'>;

interface WorkOptions {
  readonly signal: AbortSignal;
  /** Tokens of language models that it may use. */
  readonly maxTokens: number;
  /** Of one artifact or result. */
  readonly maxArtifactBytes: number;
  emit(event: NewEvent): void;
}

/**
 * Does the work of a step as the server would in its own process, with the same events and errors.
 * @throws Fault with the code that the step fails with
 */
export async function performItem(
  deps: WorkDeps,
  item: RemoteWorkItem,
  { signal, maxTokens, maxArtifactBytes, emit }: WorkOptions,
): Promise<Pick<RemoteWorkResult, 'content' | 'used_tokens'>> {
  const budget = createTokenBudget(maxTokens);
  const attempt: Attempt = {
    ...runOf(item, deps.clock.now()),
    signal,
    emit,
    flush: async () => signal.throwIfAborted(),
    delivered() {},
    beginWait: () => () => {},
  };
  try {
    const performed = await performHere(
      {
        ...deps,
        maxResultBytes: Math.min(deps.maxResultBytes, maxArtifactBytes),
        // A new attempt has no history.
        reader: { async *history() {} },
        tokens: budget.tokens,
        tokenLimits: { perRun: maxTokens, perPrincipalDay: maxTokens },
      },
      attempt,
    );
    return { content: contentOf(performed), ...(budget.used() > 0 && { used_tokens: budget.used() }) };
  } catch (error) {
    if (!(error instanceof PausedError)) throw error;
    const message = `${error.reason} A step of a remote pool cannot wait for an approval. Leave out its pool, or allow the call.`;
    throw new Fault('APPROVAL_REQUIRED', message);
  }
}

/** The run with only this step, and what the step may read as outputs of others. */
function runOf(item: RemoteWorkItem, at: Date): Pick<Attempt, 'run' | 'step' | 'actor'> {
  const { authors, ...principal } = item.actor;
  const { output_media_type: outputMediaType } = item;
  const planned: PlannedStep = {
    id: item.step_id,
    key: item.step,
    title: item.step,
    kind: item.kind.toUpperCase(),
    capability: item.capability,
    effect: 'external',
    input: item.input,
    maxAttempts: item.attempt,
    dependsOn: [],
    terms: { timeoutMs: item.timeout_ms, ...(outputMediaType !== undefined && { outputMediaType }) },
  };
  const run = createRunAggregate(item.run_id, at, {
    kind: 'WORKFLOW',
    principal,
    inputs: {},
    steps: [planned],
    labels: {},
    priority: 'INTERACTIVE',
    traceId: item.trace_id,
    requestDigest: '',
    ...(authors && { plan: { authors } }),
  });
  const step = stepOf(run, item.step);
  step.attempt = item.attempt;
  step.state = 'RUNNING';
  for (const { digest, media_type: mediaType, size, text } of item.content) {
    const output: StepOutput = { digest, mediaType, size, ...(text !== undefined && { text }) };
    run.steps.set(artifactUri(digest), { ...step, key: artifactUri(digest), output });
  }
  return { run, step, actor: actorOf(run.record) };
}

function contentOf({ output: { mediaType, text, digest } }: StoredOutput): NonNullable<RemoteWorkResult['content']> {
  return { media_type: mediaType, ...(text === undefined ? { uri: artifactUri(digest) } : { text }) };
}
