import { parseAgentInput } from '../capabilities/agent-input.ts';
import type { Attempt } from '../model/attempt.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { jsonContent, withSecretsRedacted } from '../steps/secret-redactor.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';
import { createToolContexts } from '../steps/tool-context.ts';
import { appendMemory, readMemory } from './agent-memory.ts';
import { createAgentSession } from './agent-session.ts';
import { EMPTY_LOG } from './replay-log.ts';
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

/** A kind that calls tools and models. */
export function performKind(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (redactor) => {
    const { run, step } = redactor.attempt;
    const session = await createAgentSession(deps, redactor);
    const kind = deps.capabilities.kind(step.kind);
    return jsonContent(await kind.run(inputOf(run, step), session));
  });
}

/** An agent: reads its memory, runs, and appends the answer to its memory. */
export function performAgent(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (redactor) => {
    const { run, step } = redactor.attempt;
    const session = await createAgentSession(deps, redactor);
    const { agent: spec, context } = parseAgentInput(inputOf(run, step), deps.capabilities);
    const { role, goal, tools, config, backend, memoryUri } = spec;
    const begins = run.bookkeeping.get(step.key)?.hasReplayLog !== true;
    const memory = memoryUri === undefined ? '' : await readMemory(deps, session, memoryUri, begins);
    const agent = { role, goal, config, context, memory, ...(tools && { tools }) };
    const content = redactor.redactContent(await deps.capabilities.backend(backend).run(agent, session));
    if (memoryUri === undefined) return content;
    return appendMemory(deps, session, { uri: memoryUri, id: `${step.id}/${step.attempt}`, goal, made: content });
  });
}
