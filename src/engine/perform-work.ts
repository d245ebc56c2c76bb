import type { Made } from '../core/resource.ts';
import type { Work } from '../core/work.ts';
import { agentOf } from './agent-of.ts';
import type { Attempt } from './attempt.ts';
import { createCalls } from './call-tool.ts';
import { createWork } from './create-work.ts';
import { settleStep, withinTime } from './perform-command.ts';
import { inputOf } from './prepare-step.ts';
import { readMemory, remember } from './remember.ts';
import type { Performed } from './settle.ts';
import { createToolContexts } from './tool-context.ts';
import type { WorkDeps } from './work-deps.ts';

/** One call of a tool as a step; the policy was asked about it when the step was scheduled. */
export function performTool(deps: WorkDeps, attempt: Attempt): Promise<Performed> {
  return withinTime({ timeoutMs: deps.agentTimeoutMs }, attempt, async (inner) => {
    const { live, step } = inner;
    const contexts = createToolContexts(deps, inner);
    const heard = { messages: [], called: new Map(), returned: new Map(), verdicts: new Map() };
    const call = createCalls(deps, inner, { contexts, heard, asked: true });
    const result = await call(step.capability, inputOf(live, step));
    return settleStep(deps, inner, jsonMade(result));
  });
}

/** A kind that is made of calls of tools and turns of a model. */
export function performKind(deps: WorkDeps, attempt: Attempt): Promise<Performed> {
  return working(deps, attempt, async (work, { live, step }) => {
    const kind = deps.capabilities.kind(step.kind);
    return jsonMade(await kind.run(inputOf(live, step), work));
  });
}

/** An agent: what it remembers, what it says, and what it remembers afterwards. */
export function performAgent(deps: WorkDeps, attempt: Attempt): Promise<Performed> {
  return working(deps, attempt, async (work, inner) => {
    const { agent: spec, context } = agentOf(inputOf(inner.live, inner.step), deps.capabilities);
    const { role, goal, tools, config, backend, memoryUri } = spec;
    const memory = memoryUri === undefined ? '' : await readMemory(deps, work, memoryUri);
    const agent = { role, goal, config, context, memory, ...(tools && { tools }) };
    const made = await deps.capabilities.backend(backend).run(agent, work);
    if (memoryUri === undefined) return made;
    return remember(deps, work, { uri: memoryUri, id: `${inner.step.id}/${inner.step.attempt}`, goal, made });
  });
}

function working(
  deps: WorkDeps,
  attempt: Attempt,
  act: (work: Work, inner: Attempt) => Promise<Made>,
): Promise<Performed> {
  return withinTime({ timeoutMs: deps.agentTimeoutMs }, attempt, async (inner) => {
    const made = await act(await createWork(deps, inner), inner);
    return settleStep(deps, inner, made);
  });
}

function jsonMade(value: unknown): Made {
  return { mediaType: 'application/json', content: JSON.stringify(value) };
}
