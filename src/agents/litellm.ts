import { type Static, Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { type AgentTask, type BackendAccess, defineBackend } from './define-backend.ts';
import type { ChatCompletionDeps } from './llm/chat-completion.ts';
import { offerTools, toFunctions } from './llm/offered-tools.ts';
import type { LlmEndpoint, ServerModel } from './llm/request.ts';
import { completeWithSchema, schemaInstruction, violationFeedback } from './llm/schema-request.ts';
import { runToolLoop, type ToolLoopResult, truncateText } from './llm/tool-loop.ts';
import { connectMcp, type McpClientDeps, type McpConnection } from './mcp/client.ts';
import { McpServerConfig, mcpServerUri } from './mcp/server-config.ts';
import { requireHttpUri, UriOption } from './shared/http-uri.ts';
import { checkAnswer } from './shared/structured-answer.ts';
import { tryParseJson } from './shared/try-parse-json.ts';

const MAX_CONTEXT_BYTES = 256 * 1024;

/** The messages before the first turn of a model; the same for the same agent. */
function buildPrompt({ role, goal, context, memory, outputSchema }: AgentTask): {
  readonly system: string;
  readonly user: string;
} {
  const isEmpty = context === null || (typeof context === 'object' && Object.keys(context).length === 0);
  const parts = [
    goal,
    ...(isEmpty ? [] : [`Context, as JSON:\n${truncateText(JSON.stringify(context), MAX_CONTEXT_BYTES)}`]),
    ...(memory === '' ? [] : [`What you remember from earlier:\n${memory}`]),
  ];
  const system = outputSchema ? `${role}\n\n${schemaInstruction(outputSchema)}` : role;
  return { system, user: parts.join('\n\n') };
}

export interface LitellmDeps extends Omit<McpClientDeps, 'outgoing'>, Omit<ChatCompletionDeps, 'outgoing'> {
  readonly outgoing: McpClientDeps['outgoing'] & ChatCompletionDeps['outgoing'];
  /** The server's model; its key is sent to its own base only. */
  readonly llm?: ServerModel;
}

const DEFAULT_MAX_TOKENS = 1024;
const DEFAULT_MAX_TURNS = 10;

export const LitellmConfig = Type.Object(
  {
    model: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Name of the model at the endpoint. Default LLM_MODEL; required with apiBase.',
      }),
    ),
    apiBase: Type.Optional(
      UriOption(
        'Base URL (http or https) of an endpoint that speaks OpenAI chat completions, such as http://litellm:4000/v1. ' +
          'Default LLM_API_BASE; LLM_API_KEY is sent only there.',
      ),
    ),
    apiKey: Type.Optional(
      Type.String({
        pattern: '^secret:[A-Za-z0-9_.-]+$',
        description: 'API key, as the name of a secret of this server: `secret:NAME`. A literal key is rejected.',
      }),
    ),
    temperature: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 2,
        description: 'Sampling temperature, 0 to 2. Default: that of the model.',
      }),
    ),
    maxTokens: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        default: DEFAULT_MAX_TOKENS,
        description: 'Maximum tokens of one answer. Default 1024.',
      }),
    ),
    maxTurns: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 50,
        default: DEFAULT_MAX_TURNS,
        description: 'Maximum number of answers. Each may call tools, except the last. Default 10.',
      }),
    ),
    mcpServers: Type.Optional(
      Type.Array(McpServerConfig, {
        maxItems: 8,
        description: 'MCP servers whose tools the model may call. Maximum 8.',
      }),
    ),
  },
  {
    title: 'LlmBackendInput',
    description: 'A language model that may call tools.',
    additionalProperties: false,
  },
);
type LitellmConfig = Static<typeof LitellmConfig>;

/** Agents that are a language model with tools, behind any endpoint that speaks OpenAI chat completions. */
export function litellm(deps: LitellmDeps) {
  return defineBackend({
    name: 'litellm',
    description:
      'Asks a language model behind LiteLLM or any other endpoint that speaks OpenAI chat completions. The model may call ' +
      'tools of this server and of MCP servers, under the policy. The output is JSON: {text, json?, turns, usage?}, or with ' +
      'an output schema the answer itself.',
    config: LitellmConfig,
    resumes: true,

    requiredAccess: (config) => [
      { action: 'agent:litellm', uri: modelLocation(config, deps).uri },
      ...(config.mcpServers ?? []).flatMap((server) => accessToServer(server, mcpServerUri(server, deps.canonicalize))),
    ],

    async run(agent, session) {
      const { config, outputSchema: schema } = agent;
      const { maxTokens = DEFAULT_MAX_TOKENS, maxTurns = DEFAULT_MAX_TURNS, temperature } = config;
      const complete = completeWithSchema(deps, endpointOf(config, deps, session));
      const servers: McpConnection[] = [];
      try {
        for (const server of config.mcpServers ?? []) servers.push(await connectMcp(server, deps, session));
        const tools = await offerTools(agent.tools, servers, session);
        const options = { ...(temperature !== undefined && { temperature }), ...(schema && { schema }) };
        const request = { tools: toFunctions(tools), maxTokens, ...options };
        const result = await runToolLoop(
          {
            prompt: buildPrompt(agent),
            tools,
            maxTurns,
            ask: (messages) => complete({ ...request, messages }, session),
            ...(schema && { objection: (text) => objectionTo(text, schema, session) }),
          },
          session,
        );
        // The answer itself is checked against the schema, whatever it is.
        if (schema) return { mediaType: 'text/plain; charset=utf-8', content: result.text };
        return { mediaType: 'application/json', content: JSON.stringify(outputOf(result)) };
      } finally {
        await Promise.all(servers.map((server) => server.close()));
      }
    },
  });
}

async function objectionTo(text: string, schema: JsonObject, session: AgentSession): Promise<string | undefined> {
  const check = await checkAnswer(text, schema, session);
  return 'violations' in check ? violationFeedback(check.violations) : undefined;
}

/** @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
function modelLocation({ apiBase, model }: LitellmConfig, { llm, canonicalize }: LitellmDeps) {
  const base = apiBase ?? llm?.apiBase;
  if (base === undefined) {
    throw new Fault('BAD_INPUT', 'No endpoint is configured: this server has no LLM_API_BASE. Set apiBase.');
  }
  const name = model ?? (apiBase === undefined ? llm?.model : undefined);
  if (name === undefined) throw new Fault('BAD_INPUT', 'The model is missing. With apiBase, set model as well.');
  const uri = requireHttpUri(base, canonicalize);
  if (uri.query !== '')
    throw new Fault(
      'BAD_INPUT',
      'apiBase must not have a query, because /chat/completions is appended to it. Remove the query.',
    );
  return { uri, model: name };
}

function endpointOf(config: LitellmConfig, deps: LitellmDeps, session: AgentSession): LlmEndpoint {
  const { uri, model } = modelLocation(config, deps);
  const secretName = config.apiKey?.replace(/^secret:/, '');
  const serverKey = config.apiBase === undefined ? deps.llm?.apiKey : undefined;
  const apiKey =
    secretName !== undefined
      ? session.secret(secretName, uri)
      : serverKey && Buffer.from(serverKey.reveal()).toString();
  return { uri, model, refused: new Set(), ...(apiKey !== undefined && { apiKey }) };
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
