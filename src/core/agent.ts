import type { Json, JsonObject } from './json.ts';

export const AGENT_BACKENDS = ['mcp', 'litellm', 'bash_cli', 'http_api', 'websocket'] as const;
/** How an agent is reached. */
export type AgentBackend = (typeof AGENT_BACKENDS)[number];

/** An agent: what it is for, and how it is reached. Plain JSON: a step keeps it. */
export interface AgentSpec {
  readonly id?: string;
  readonly role: string;
  readonly goal: string;
  /** Names of tools: of this server, and of the MCP servers that its backend names. */
  readonly tools?: readonly string[];
  readonly backend: AgentBackend;
  /** As the backend's own schema has it, names in camelCase. */
  readonly config: JsonObject;
  /** `memory:NAME` or a `file:` URI: read before, appended to after. */
  readonly memoryUri?: string;
}

/** Input of a step of kind AGENT. */
export interface AgentInput {
  readonly agent: AgentSpec;
  readonly context: Json;
}
