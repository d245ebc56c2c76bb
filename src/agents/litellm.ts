import { type Static, Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import { type AgentTask, type BackendAccess, defineBackend } from './define-backend.ts';
import { type ChatCompletionDeps, completeChat } from './llm/chat-completion.ts';
import { offerTools, toFunctions } from './llm/offered-tools.ts';
import type { LlmEndpoint, ServerModel } from './llm/request.ts';
import { runToolLoop, type ToolLoopResult, truncateText } from './llm/tool-loop.ts';
import { connectMcp, type McpClientDeps, type McpConnection } from './mcp/client.ts';
import { McpServerConfig, mcpServerUri } from './mcp/server-config.ts';
import { requireHttpUri } from './shared/http-uri.ts';
import { tryParseJson } from './shared/try-parse-json.ts';

const MAX_CONTEXT_BYTES = 256 * 1024;

/** What a model is told before its first turn; the same for the same agent. */
export function buildPrompt({ role, goal, context, memory }: AgentTask): {
  readonly system: string;
  readonly user: string;
} {
  const isEmpty = context === null || (typeof context === 'object' && Object.keys(context).length === 0);
  const parts = [
    goal,
    ...(isEmpty ? [] : [`Context, as JSON:\n${truncateText(JSON.stringify(context), MAX_CONTEXT_BYTES)}`]),
    ...(memory === '' ? [] : [`What you remember from earlier:\n${memory}`]),
  ];
  return { system: role, user: parts.join('\n\n') };
}

export interface LitellmDeps extends Omit<McpClientDeps, 'outgoing'>, Omit<ChatCompletionDeps, 'outgoing'> {
  readonly outgoing: McpClientDeps['outgoing'] & ChatCompletionDeps['outgoing'];
  /** The server's own model; its key goes to its own base only. */
  readonly llm?: ServerModel;
}

const DEFAULT_MAX_TOKENS = 1024;
const DEFAULT_MAX_TURNS = 10;

const Config = Type.Object(
  {
    model: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Name of the model as the endpoint knows it. Without one, and without apiBase, LLM_MODEL.',
      }),
    ),
    apiBase: Type.Optional(
      Type.String({
        description:
          'http or https URL of an endpoint that speaks OpenAI chat completions, such as http://litellm:4000/v1. ' +
          'LLM_API_BASE unless told; LLM_API_KEY is sent only then.',
      }),
    ),
    apiKey: Type.Optional(
      Type.String({
        pattern: '^secret:[A-Za-z0-9_.-]+$',
        description: 'The key, as the name of a secret of this server: `secret:NAME`. A key itself is not taken.',
      }),
    ),
    temperature: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 2,
        description: 'How freely it chooses its words; as the model does unless told.',
      }),
    ),
    maxTokens: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        default: DEFAULT_MAX_TOKENS,
        description: 'Tokens of one answer at most.',
      }),
    ),
    maxTurns: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 50,
        default: DEFAULT_MAX_TURNS,
        description: 'Answers at most; each may want tools called, the last may not.',
      }),
    ),
    mcpServers: Type.Optional(
      Type.Array(McpServerConfig, { maxItems: 8, description: 'MCP servers whose tools the model may call.' }),
    ),
  },
  { additionalProperties: false },
);
type Config = Static<typeof Config>;

/** Agents that are a language model with tools, behind LiteLLM or whatever else speaks OpenAI chat completions. */
export function litellm(deps: LitellmDeps) {
  return defineBackend({
    name: 'litellm',
    description:
      'A language model behind LiteLLM or any other endpoint that speaks OpenAI chat completions. It may call tools of ' +
      'this server and of MCP servers; each call passes the policy. The output is JSON: {text, json?, turns, usage?}.',
    config: Config,
    resumes: true,

    requiredAccess: (config) => [
      { action: 'agent:litellm', uri: modelLocation(config, deps).uri },
      ...(config.mcpServers ?? []).flatMap((server) => accessToServer(server, mcpServerUri(server, deps.canonicalize))),
    ],

    async run(agent, work) {
      const { config } = agent;
      const { maxTokens = DEFAULT_MAX_TOKENS, maxTurns = DEFAULT_MAX_TURNS, temperature } = config;
      const endpoint = endpointOf(config, deps, work);
      const servers: McpConnection[] = [];
      try {
        for (const server of config.mcpServers ?? []) servers.push(await connectMcp(server, deps, work));
        const tools = await offerTools(agent.tools, servers, work);
        const request = { tools: toFunctions(tools), maxTokens, ...(temperature !== undefined && { temperature }) };
        const result = await runToolLoop(
          {
            prompt: buildPrompt(agent),
            tools,
            maxTurns,
            ask: (messages) => completeChat(deps, endpoint, { ...request, messages }, work),
          },
          work,
        );
        return { mediaType: 'application/json', content: JSON.stringify(outputOf(result)) };
      } finally {
        await Promise.all(servers.map((server) => server.close()));
      }
    },
  });
}

/** @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
function modelLocation({ apiBase, model }: Config, { llm, canonicalize }: LitellmDeps) {
  const base = apiBase ?? llm?.apiBase;
  if (base === undefined) {
    throw new Fault('BAD_INPUT', 'Name the endpoint in apiBase: this server has no LLM_API_BASE.');
  }
  const name = model ?? (apiBase === undefined ? llm?.model : undefined);
  if (name === undefined) throw new Fault('BAD_INPUT', 'Name the model of the endpoint at apiBase in model.');
  const uri = requireHttpUri(base, canonicalize);
  if (uri.query !== '') throw new Fault('BAD_INPUT', 'apiBase may have no query: /chat/completions is put behind it.');
  return { uri, model: name };
}

function endpointOf(config: Config, deps: LitellmDeps, work: AgentSession): LlmEndpoint {
  const { uri, model } = modelLocation(config, deps);
  const named = config.apiKey?.replace(/^secret:/, '');
  const own = config.apiBase === undefined ? deps.llm?.apiKey : undefined;
  const apiKey = named !== undefined ? work.secret(named, uri) : own && Buffer.from(own.reveal()).toString();
  return { uri, model, ...(apiKey !== undefined && { apiKey }) };
}

function accessToServer(server: McpServerConfig, uri: CanonicalUri): readonly BackendAccess[] {
  const program = server.stdioCommand ? [{ action: 'exec', uri }] : [];
  return [...program, { action: 'agent:mcp', uri }];
}

function outputOf({ text, turns, usage }: ToolLoopResult) {
  const json = tryParseJson(text);
  return {
    text,
    ...(json !== undefined && { json }),
    turns,
    ...(usage && { usage: { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens } }),
  };
}
