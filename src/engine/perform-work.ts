import { agentOf } from './agent-of.ts';
import type { Attempt } from './attempt.ts';
import { createCalls } from './call-tool.ts';
import { createWork } from './create-work.ts';
import { inSecret, jsonMade } from './in-secret.ts';
import { inputOf } from './prepare-step.ts';
import { readMemory, remember } from './remember.ts';
import type { Performed } from './settle.ts';
import { createToolContexts } from './tool-context.ts';
import type { WorkDeps } from './work-deps.ts';

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
