import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';
import { RawOutput } from '../../step-kinds/define-step-kind.ts';
import { stepAccessRequests } from '../capabilities/access-requests.ts';
import { parseAgentInput } from '../capabilities/agent-input.ts';
import { withAuthors } from '../model/actor.ts';
import type { Attempt } from '../model/attempt.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { jsonContent, withSecretsRedacted } from '../steps/secret-redactor.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';
import { createToolContexts } from '../steps/tool-context.ts';
import { appendMemory, readMemory } from './agent-memory.ts';
import { createAgentSession } from './agent-session.ts';
import { EMPTY_LOG } from './replay-log.ts';
import { structuredOutput } from './structured-output.ts';
import { createToolCaller } from './tool-calls.ts';

/** One tool call as a step; the policy was asked when the step was scheduled. */
export function performTool(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (redactor) => {
    const { run, step } = redactor.attempt;
    const contexts = createToolContexts(deps, redactor);
    const call = createToolCaller(deps, redactor, { contexts, replayLog: EMPTY_LOG, asked: true });
    return jsonContent(await call(step.capability, inputOf(run, step)));
  });
}

/** A kind that calls tools, models or services. */
export function performKind(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (redactor) => {
    const { run, step } = redactor.attempt;
    const session = await createAgentSession(deps, redactor);
    const kind = deps.capabilities.kind(step.kind);
    const output = await kind.run(inputOf(run, step), session);
    return output instanceof RawOutput ? output.result : jsonContent(output);
  });
}

const NO_MEMORY = { text: '', authors: [] };

/**
 * Who wrote what the agent remembers may lead it, so from then on they must be permitted what it does as well: also to use
 * its backend, which was asked for when nobody knew them.
 * @throws Fault FORBIDDEN
 */
function informedBy(deps: AgentStepDeps, attempt: Attempt, authors: readonly User[]): Attempt {
  const actor = withAuthors(attempt.actor, authors);
  if (actor.authors?.length === attempt.actor.authors?.length) return attempt;
  const { run, step, emit } = attempt;
  const requests = stepAccessRequests(deps, step, inputOf(run, step)).map((request) => ({
    ...request,
    inAdvance: true,
  }));
  const result = deps.gate.askAll(actor, requests, true);
  // The step has begun, so nobody can be asked to approve it for the authors of the memory.
  const refusal = result.decisions.find(({ effect, author }) => {
    return effect === 'DENY' || (effect === 'APPROVE' && author !== undefined);
  });
  if (!refusal) return { ...attempt, actor };
  emit({ type: 'POLICY_DECIDED', at: deps.clock.now(), step: step.key, payload: { decision: refusal } });
  const message = `${refusal.reason} The memory of the agent has texts of ${refusal.author}. Use another memory.`;
  throw new Fault('FORBIDDEN', message, { decision: refusal });
}

/** An agent: reads its memory, runs, and appends the answer to its memory. */
export function performAgent(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (redactor) => {
    const { run, step, signal } = redactor.attempt;
    const { agent: spec, context } = parseAgentInput(inputOf(run, step), deps.capabilities);
    const { role, goal, tools, config, backend, memoryUri, outputSchema } = spec;
    const begins = run.bookkeeping.get(step.key)?.hasReplayLog !== true;
    const reader = createToolContexts(deps, redactor)(signal);
    const memory = memoryUri === undefined ? NO_MEMORY : await readMemory(deps, reader, memoryUri, begins);
    const informed = { ...redactor, attempt: informedBy(deps, redactor.attempt, memory.authors) };
    const session = await createAgentSession(deps, informed);
    const optional = { ...(tools && { tools }), ...(outputSchema && { outputSchema }) };
    const agent = { role, goal, config, context, memory: memory.text, ...optional };
    const output = redactor.redactContent(await deps.capabilities.backend(backend).run(agent, session));
    const content = outputSchema ? await structuredOutput(output, outputSchema, session) : output;
    if (memoryUri === undefined) return content;
    return appendMemory(deps, session, informed.attempt.actor, {
      ...{ uri: memoryUri, id: `${step.id}/${step.attempt}`, goal, made: content },
    });
  });
}
