import type { LanguageModel } from '../../core/agent.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault, type Violation } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createSchemaValidator } from '../../resources/schemas/schema-validator.ts';
import { requireHttpUri } from '../shared/http-uri.ts';
import { tryParseJson } from '../shared/try-parse-json.ts';
import { type ChatCompletionDeps, completeChat } from './chat-completion.ts';
import type { LlmCompletion } from './completion-stream.ts';
import type { LlmEndpoint, LlmMessage, LlmRequest, ServerModel } from './request.ts';

export interface LanguageModelDeps extends ChatCompletionDeps, ServerModel {
  canonicalize(uri: string): CanonicalUri;
}

/** Of an answer that does not fit, as reported to the model; more would cost more than they help. */
const MAX_REPORTED_VIOLATIONS = 10;

/** The language model of this server. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME when its base is not an http or https URL */
export function createLanguageModel(deps: LanguageModelDeps): LanguageModel {
  const { model, apiKey } = deps;
  const endpoint: LlmEndpoint = {
    uri: requireHttpUri(deps.apiBase, deps.canonicalize),
    model,
    ...(apiKey && { apiKey: Buffer.from(apiKey.reveal()).toString() }),
  };
  const ask = withSchemaFallback(deps, endpoint);

  return {
    model,
    async answer(session, { system, user, maxTokens, schema }) {
      const instruction = schema ? `${system}\n\n${instructionFor(schema)}` : system;
      await session.addMessage('system', instruction);
      await session.addMessage('user', user);
      const messages: LlmMessage[] = [
        { role: 'system', content: instruction },
        { role: 'user', content: user },
      ];
      const requestText = async () => {
        const request = { messages, maxTokens, ...(schema && { schema }) };
        const { text } = await session.requestModel(async () => ({
          text: (await ask(request, session)).text,
          calls: [],
        }));
        return text;
      };
      const first = await requestText();
      if (!schema) return first;
      const check = await checkAnswer(first, schema, session);
      if ('json' in check) return check.json;
      const feedback = violationFeedback(check.violations);
      await session.addMessage('user', feedback);
      messages.push({ role: 'assistant', content: first }, { role: 'user', content: feedback });
      const recheck = await checkAnswer(await requestText(), schema, session);
      if ('json' in recheck) return recheck.json;
      const message = `${model} was asked twice, and its answer does not fit the schema. Use another model, or ask for less.`;
      throw new Fault('SCHEMA_VIOLATION', message, { violations: recheck.violations });
    },
  };
}

/** Asks with the schema as the response format, until the endpoint rejects that: from then on without it. */
function withSchemaFallback(deps: ChatCompletionDeps, endpoint: LlmEndpoint) {
  let supportsFormats = true;
  return async (request: LlmRequest, session: AgentSession): Promise<LlmCompletion> => {
    const { schema, ...plain } = request;
    if (!schema || !supportsFormats) return completeChat(deps, endpoint, plain, session);
    try {
      return await completeChat(deps, endpoint, request, session);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'BAD_INPUT') throw error;
      const answer = await completeChat(deps, endpoint, plain, session);
      supportsFormats = false;
      return answer;
    }
  };
}

function instructionFor(schema: JsonObject): string {
  return `Answer with JSON alone, without any words around it, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
}

async function checkAnswer(text: string, schema: JsonObject, session: AgentSession) {
  const json = tryParseJson(text);
  if (json === undefined) return { violations: [{ path: '', message: 'is no JSON' }] };
  const answer = JSON.stringify(json);
  const violations = await createSchemaValidator().validate({
    cpu: session.cpu,
    json: answer,
    schemaUri: `data:application/schema+json,${encodeURIComponent(JSON.stringify(schema))}`,
    read: (uri) => readSchema(uri, schema),
    signal: session.signal,
  });
  return violations.length === 0 ? { json: answer } : { violations };
}

/** The schema itself; it must not refer to other documents. */
async function readSchema(uri: string, schema: JsonObject) {
  if (!uri.startsWith('data:application/schema+json,')) {
    throw new Fault(
      'BAD_INPUT',
      'The schema of an answer refers to another document, which is not supported. Include that document in the schema.',
    );
  }
  const bytes = Buffer.from(JSON.stringify(schema));
  return {
    uri,
    mediaType: 'application/schema+json',
    size: bytes.length,
    async *stream() {
      yield bytes;
    },
    bytes: async () => bytes,
    text: async () => bytes.toString(),
    cancel: async () => {},
  };
}

function violationFeedback(violations: readonly Violation[]): string {
  const lines = violations.slice(0, MAX_REPORTED_VIOLATIONS).map(({ path, message }) => `- ${path || '/'} ${message}`);
  return `That does not fit the JSON Schema:\n${lines.join('\n')}\nAnswer again, with JSON alone.`;
}
