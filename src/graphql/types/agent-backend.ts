import { AGENT_BACKENDS, type AgentBackend as Backend } from '../../core/agent.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

const ABOUT: Record<Backend, string> = {
  mcp: 'A tool of an MCP server, over stdio, streamable HTTP or SSE.',
  litellm: 'A language model behind any endpoint that speaks OpenAI’s chat completions, such as LiteLLM.',
  bash_cli: 'A shell command in the sandbox.',
  http_api: 'One HTTP request.',
  websocket: 'A conversation over a WebSocket.',
};

export const AgentBackend = builder.enumType('AgentBackend', {
  description: 'How an agent is reached.',
  values: Object.fromEntries(
    AGENT_BACKENDS.map((value) => [value.toUpperCase(), { value, description: ABOUT[value] }]),
  ) as Record<Uppercase<Backend>, { value: Backend; description: string }>,
});
