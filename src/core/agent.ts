import type { Json, JsonObject } from '../lib/json.ts';
import type { AgentSession } from './agent-session.ts';

export const AGENT_BACKENDS = ['mcp', 'litellm', 'bash_cli', 'http_api', 'websocket'] as const;
/** A way to reach agents that every server has; plugins add others. */
export type AgentBackend = (typeof AGENT_BACKENDS)[number];

/** An agent: its purpose and how it is reached. Plain JSON, because it is stored with the step. */
export interface AgentSpec {
  readonly id?: string;
  readonly role: string;
  readonly goal: string;
  /** Names of tools of this server, and of the MCP servers that its backend names. */
  readonly tools?: readonly string[];
  /** Name of a backend, built in or from a plugin. */
  readonly backend: string;
  /** Defined by the schema of the backend; names in camelCase. */
  readonly config: JsonObject;
  /** JSON Schema of its answer, which is then JSON, and the output of the step. */
  readonly outputSchema?: JsonObject;
  /** `memory:NAME` or a `file:` URI: read before the agent runs, appended to afterwards. */
  readonly memoryUri?: string;
}

/** Input of a step of kind AGENT. */
export interface AgentInput {
  readonly agent: AgentSpec;
  readonly context: Json;
}

/** The language model that this server uses for its agentic steps (`LLM_API_BASE`, `LLM_MODEL`). */
export interface LanguageModel {
  readonly model: string;
  /**
   * One response, as a turn of the step: recorded, streamed, charged to the token budget, retried where a retry may help.
   * @param request.schema JSON Schema of the response, which is then validated JSON; an invalid response is requested
   *   once more
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
