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

/** One call of a tool as a step; the policy was asked about it when the step was scheduled. */
export function performTool(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (hiding) => {
    const { run: live, step } = hiding.attempt;
    const contexts = createToolContexts(deps, hiding);
    const call = createToolCaller(deps, hiding, { contexts, replayLog: EMPTY_LOG, asked: true });
    return jsonContent(await call(step.capability, inputOf(live, step)));
  });
}

/** A kind that is made of calls of tools and turns of a model. */
export function performKind(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (hiding) => {
    const { run: live, step } = hiding.attempt;
    const work = await createAgentSession(deps, hiding);
    const kind = deps.capabilities.kind(step.kind);
    return jsonContent(await kind.run(inputOf(live, step), work));
  });
}

/** An agent: what it remembers, what it says, and what it remembers afterwards. */
export function performAgent(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (hiding) => {
    const { run: live, step } = hiding.attempt;
    const work = await createAgentSession(deps, hiding);
    const { agent: spec, context } = parseAgentInput(inputOf(live, step), deps.capabilities);
    const { role, goal, tools, config, backend, memoryUri } = spec;
    const memory = memoryUri === undefined ? '' : await readMemory(deps, work, memoryUri);
    const agent = { role, goal, config, context, memory, ...(tools && { tools }) };
    const made = hiding.redactContent(await deps.capabilities.backend(backend).run(agent, work));
    if (memoryUri === undefined) return made;
    return appendMemory(deps, work, { uri: memoryUri, id: `${step.id}/${step.attempt}`, goal, made });
  });
}
