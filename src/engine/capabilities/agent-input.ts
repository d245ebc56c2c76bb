import { Type } from 'typebox';
import type { AnyBackend } from '../../agents/define-backend.ts';
import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { AgentInput, AgentSpec } from '../../core/agent.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Capabilities, Capability } from './capabilities.ts';

const AnyObject = Type.Unsafe<JsonObject>({ type: 'object' });

/** The input of a step that is an agent. */
const AGENT_STEP_INPUT: Capability = {
  name: 'agent',
  options: Type.Object({
    agent: Type.Object(
      {
        id: Type.Optional(Type.String({ maxLength: 256 })),
        role: Type.String({ minLength: 1, maxLength: 16_384 }),
        goal: Type.String({ minLength: 1, maxLength: 65_536 }),
        tools: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 256 })),
        backend: Type.String({ minLength: 1, maxLength: 64 }),
        config: AnyObject,
        outputSchema: Type.Optional(AnyObject),
        memoryUri: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
      },
      { additionalProperties: false },
    ),
    context: Type.Unsafe({}),
  }),
};

const configCapabilities = new WeakMap<AnyBackend, Capability>();

/** The validated agent and its context, with the defaults of its backend's configuration. @throws Fault BAD_INPUT, NOT_FOUND */
export function parseAgentInput(input: JsonObject, capabilities: Capabilities): AgentInput {
  const { agent, context } = validateOptions(AGENT_STEP_INPUT as AnyCommand, { context: null, ...input });
  const spec = agent as unknown as AgentSpec;
  const config = validateOptions(configCapability(capabilities.backend(spec.backend)) as AnyCommand, spec.config);
  return { agent: { ...spec, config }, context: context ?? null };
}

function configCapability(backend: AnyBackend): Capability {
  let capability = configCapabilities.get(backend);
  if (!capability) {
    capability = { name: backend.name, options: backend.config };
    configCapabilities.set(backend, capability);
  }
  return capability;
}
