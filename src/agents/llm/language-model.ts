import type { LanguageModel } from '../../core/agent.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { requireHttpUri } from '../shared/http-uri.ts';
import { checkAnswer } from '../shared/structured-answer.ts';
import type { ChatCompletionDeps } from './chat-completion.ts';
import { tokenCounts } from './completion-stream.ts';
import type { LlmEndpoint, LlmMessage, ServerModel } from './request.ts';
import { completeWithSchema, schemaInstruction, violationFeedback } from './schema-request.ts';

export interface LanguageModelDeps extends ChatCompletionDeps, ServerModel {
  canonicalize(uri: string): CanonicalUri;
}

/** The language model of this server. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME when its base is not an http or https URL */
export function createLanguageModel(deps: LanguageModelDeps): LanguageModel {
  const { model, apiKey } = deps;
  const endpoint: LlmEndpoint = {
    uri: requireHttpUri(deps.apiBase, deps.canonicalize),
    model,
    refused: new Set(),
    ...(apiKey && { apiKey: Buffer.from(apiKey.reveal()).toString() }),
  };
  const ask = completeWithSchema(deps, endpoint);

  return {
    model,
    async answer(session, { system, user, maxTokens, schema }) {
      const instruction = schema ? `${system}\n\n${schemaInstruction(schema)}` : system;
      await session.addMessage('system', instruction);
      await session.addMessage('user', user);
      const messages: LlmMessage[] = [
        { role: 'system', content: instruction },
        { role: 'user', content: user },
      ];
      const requestText = async () => {
        const request = { messages, maxTokens, ...(schema && { schema }) };
        const { text } = await session.requestModel(async () => {
          const answer = await ask(request, session);
          return { text: answer.text, calls: [], ...tokenCounts(answer.usage) };
        });
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
