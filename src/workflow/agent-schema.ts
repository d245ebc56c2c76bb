import { AGENT_BACKENDS } from '../core/agent.ts';
import type { JsonObject } from '../core/json.ts';
import { text } from './schema/schema-parts.ts';

/** JSON Schema of `agent` in documents. What stands in `backend_config` is checked by the schema of the backend. */
export const AGENT_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['role', 'goal', 'backend'],
  description: 'The agent. Its role, goal, configuration and memory may hold expressions.',
  properties: {
    id: text('What it is called elsewhere.', 256),
    role: text('Who it is.', 16_384),
    goal: text('What it is to come to.', 65_536),
    tools: {
      type: 'array',
      maxItems: 256,
      items: { type: 'string', minLength: 1, maxLength: 256 },
      description: 'Names of the tools that it may call: of this server, and of its MCP servers.',
    },
    backend: { type: 'string', enum: [...AGENT_BACKENDS], description: 'How it is reached.' },
    backend_config: {
      type: 'object',
      description: 'How in particular, as the backend has it. Text that is `secret:NAME` stands for a secret.',
      additionalProperties: true,
    },
    memory_uri: text('`memory:NAME` or a `file:` URI: read before, appended to after.', 4_096),
  },
};
