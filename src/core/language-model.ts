import type { AgentSession } from './agent-session.ts';
import type { JsonObject } from './json.ts';

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
