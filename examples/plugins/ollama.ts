import { defineBackend, Fault, isJsonObject, parseJson, resource, Type, Uri } from 'signalbox/plugin';

/** An agent backend: a model of Ollama, by its own protocol. Allow its address with ALLOWED_PRIVATE_HOSTS=localhost:11434. */
export const ollama = defineBackend({
  name: 'ollama',
  description: 'Asks a model that Ollama serves. The output is text.',
  config: Type.Object({
    url: Type.Optional({
      ...Uri('Base URL of Ollama. Default http://localhost:11434.'),
      default: 'http://localhost:11434',
    }),
    model: Type.String({ minLength: 1, description: 'Name of the model, such as `llama3.2`.' }),
    maxTokens: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, default: 1_024, description: 'Maximum tokens of the answer.' }),
    ),
  }),
  // It acts only through its session: after a restart it runs again, and an answer that is recorded is not requested again.
  resumes: true,
  accessedUris: ({ url }) => [chatUrl(url)],
  async run({ role, goal, context, config, outputSchema }, session) {
    const { url, model, maxTokens = 1_024 } = config;
    const user = context === null ? goal : `${goal}\n\nContext, as JSON:\n${JSON.stringify(context)}`;
    await session.addMessage('system', role);
    await session.addMessage('user', user);
    const { text } = await session.requestModel(async () => {
      const messages = [
        { role: 'system', content: role },
        { role: 'user', content: user },
      ];
      const body = JSON.stringify({
        model,
        messages,
        stream: false,
        options: { num_predict: maxTokens },
        format: outputSchema,
      });
      // A token has at least one byte.
      const settle = await session.reserveTokens(new TextEncoder().encode(body).length + maxTokens);
      const response = await session.fetch(chatUrl(url), { method: 'POST', body });
      if (!response.ok) throw new Fault('UNAVAILABLE', `Ollama responds with status ${response.status}.`);
      const reply = parseJson(await response.text());
      const { message, prompt_eval_count: prompt, eval_count: answer } = isJsonObject(reply) ? reply : {};
      if (!isJsonObject(message) || typeof message.content !== 'string') {
        throw new Fault('UNAVAILABLE', 'Ollama responds without a message. Check the URL.');
      }
      await settle(Number(prompt) + Number(answer));
      return { text: message.content, calls: [] };
    });
    return resource(outputSchema ? 'application/json' : 'text/plain; charset=utf-8', text);
  },
});

function chatUrl(base = 'http://localhost:11434'): string {
  return `${base.replace(/\/$/, '')}/api/chat`;
}
