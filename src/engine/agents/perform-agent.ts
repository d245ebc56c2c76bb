import { agentOf } from '../capabilities/agent-input.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Performed } from '../outputs/store-output.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { inSecret, jsonMade } from '../steps/secret-redactor.ts';
import type { WorkDeps } from '../steps/step-deps.ts';
import { createToolContexts } from '../steps/tool-context.ts';
import { readMemory, remember } from './agent-memory.ts';
import { createWork } from './agent-session.ts';
import { createCalls } from './tool-calls.ts';

/** One call of a tool as a step; the policy was asked about it when the step was scheduled. */
export function performTool(deps: WorkDeps, attempt: Attempt): Promise<Performed> {
  return inSecret(deps, attempt, async (hiding) => {
    const { live, step } = hiding.attempt;
    const contexts = createToolContexts(deps, hiding);
    const heard = { messages: [], called: new Map(), returned: new Map(), verdicts: new Map() };
    const call = createCalls(deps, hiding, { contexts, heard, asked: true });
    return jsonMade(await call(step.capability, inputOf(live, step)));
  });
}

/** A kind that is made of calls of tools and turns of a model. */
export function performKind(deps: WorkDeps, attempt: Attempt): Promise<Performed> {
  return inSecret(deps, attempt, async (hiding) => {
    const { live, step } = hiding.attempt;
    const work = await createWork(deps, hiding);
    const kind = deps.capabilities.kind(step.kind);
    return jsonMade(await kind.run(inputOf(live, step), work));
  });
}

/** An agent: what it remembers, what it says, and what it remembers afterwards. */
export function performAgent(deps: WorkDeps, attempt: Attempt): Promise<Performed> {
  return inSecret(deps, attempt, async (hiding) => {
    const { live, step } = hiding.attempt;
    const work = await createWork(deps, hiding);
    const { agent: spec, context } = agentOf(inputOf(live, step), deps.capabilities);
    const { role, goal, tools, config, backend, memoryUri } = spec;
    const memory = memoryUri === undefined ? '' : await readMemory(deps, work, memoryUri);
    const agent = { role, goal, config, context, memory, ...(tools && { tools }) };
    const made = hiding.made(await deps.capabilities.backend(backend).run(agent, work));
    if (memoryUri === undefined) return made;
    return remember(deps, work, { uri: memoryUri, id: `${step.id}/${step.attempt}`, goal, made });
  });
}
