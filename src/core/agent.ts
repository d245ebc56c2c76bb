import type { Json, JsonObject } from '../lib/json.ts';
import type { AgentSession } from './agent-session.ts';

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

/** The language model that this server has for its own steps (`LLM_API_BASE`, `LLM_MODEL`). */
export interface LanguageModel {
  readonly model: string;
  /**
   * One answer, as a turn of the step: recorded, streamed, within the budget, tried again where that may help.
   * @param request.schema JSON Schema that the answer must fit; the answer is then JSON, checked, asked for once more
   *   when it does not fit
   * @throws Fault TOO_COSTLY, RESOURCE_UNREACHABLE, TIMEOUT, SCHEMA_VIOLATION
   */
  answer(
    work: AgentSession,
    request: {
      readonly system: string;
      readonly user: string;
      readonly maxTokens: number;
      readonly schema?: JsonObject;
    },
  ): Promise<string>;
}
