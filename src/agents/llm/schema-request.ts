import type { AgentSession } from '../../core/agent-session.ts';
import { Fault, type Violation } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { type ChatCompletionDeps, completeChat } from './chat-completion.ts';
import type { LlmCompletion } from './completion-stream.ts';
import type { LlmEndpoint, LlmRequest } from './request.ts';

/** Of an answer that does not fit, as reported to the model; more would cost more than they help. */
const MAX_REPORTED_VIOLATIONS = 10;

/** Asks with the schema as the response format, until the endpoint rejects that: from then on without it. */
export function completeWithSchema(deps: ChatCompletionDeps, endpoint: LlmEndpoint) {
  let supportsFormats = true;
  return async (request: LlmRequest, session: AgentSession): Promise<LlmCompletion> => {
    const { schema, ...plain } = request;
    if (!schema || !supportsFormats) return completeChat(deps, endpoint, plain, session);
    try {
      return await completeChat(deps, endpoint, request, session);
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'BAD_INPUT' && error.details !== undefined)) throw error;
      const answer = await completeChat(deps, endpoint, plain, session);
      supportsFormats = false;
      return answer;
    }
  };
}

/** For the system message: endpoints may ignore a response format. */
export function schemaInstruction(schema: JsonObject): string {
  return `Answer with JSON alone, without any words around it, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** What the model is told when its answer does not fit. */
export function violationFeedback(violations: readonly Violation[]): string {
  const lines = violations.slice(0, MAX_REPORTED_VIOLATIONS).map(({ path, message }) => `- ${path || '/'} ${message}`);
  return `That does not fit the JSON Schema:\n${lines.join('\n')}\nAnswer again, with JSON alone.`;
}
