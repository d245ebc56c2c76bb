import type { AgentBackend, AgentSpec } from '../../../../core/agent.ts';
import { Fault } from '../../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../../lib/json.ts';
import { builder } from '../builder/builder.ts';

const SECRETS_NOTE = 'Values may name secrets: `secret:NAME`.';

const McpBackendInput = builder.inputType('McpBackendInput', {
  description: 'An MCP server: started as a program, or found at a URL.',
  fields: (t) => ({
    stdioCommand: t.stringList({
      description: 'Program and arguments that speak MCP over stdio; it runs in the sandbox.',
    }),
    serverUrl: t.field({
      type: 'URI',
      description: 'Streamable HTTP, or HTTP with SSE where the server knows only that.',
    }),
    arguments: t.field({
      type: 'JSON',
      description: 'An object of arguments of the tool; others are taken from the context.',
    }),
    env: t.field({ type: 'JSON', description: `An object of environment variables of the program. ${SECRETS_NOTE}` }),
    headers: t.field({ type: 'JSON', description: `An object of headers of the requests. ${SECRETS_NOTE}` }),
  }),
});

const LlmBackendInput = builder.inputType('LlmBackendInput', {
  description: 'A language model that may call tools.',
  fields: (t) => ({
    model: t.string({ description: 'Name of the model at the endpoint. Default LLM_MODEL; required with apiBase.' }),
    apiBase: t.field({
      type: 'URI',
      description: 'Base URL of the endpoint, such as `https://models.example/v1`. This server’s own unless told.',
    }),
    apiKey: t.string({ description: 'The name of a secret, `secret:NAME`; a key itself is refused.' }),
    temperature: t.float({ description: 'How freely it chooses its words; as the endpoint does unless told.' }),
    maxTokens: t.int({ description: 'Tokens of one answer at most.' }),
    maxTurns: t.int({ description: 'Answers at most; between two of them it calls tools.' }),
    mcpServers: t.field({ type: [McpBackendInput], description: 'MCP servers whose tools it may call.' }),
  }),
});

const BashBackendInput = builder.inputType('BashBackendInput', {
  description: 'A shell command that runs in the sandbox, in the folder of its run.',
  fields: (t) => ({
    commandTemplate: t.string({
      description:
        'The command. `{{ goal }}`, `{{ role }}`, `{{ memory }}` and `{{ context.KEY }}` stand for values, which are never read as shell text.',
    }),
    shell: t.string({ description: 'Absolute path of the shell; /bin/bash unless told.' }),
    workingDir: t.string({ description: 'Folder below that of the run.' }),
    timeoutMs: t.int({ description: 'How long it may take.' }),
  }),
});

const HttpBackendInput = builder.inputType('HttpBackendInput', {
  description: 'An HTTP request with role, goal, context and memory as JSON.',
  fields: (t) => ({
    url: t.field({ type: 'URI', required: true, description: 'Where it is sent.' }),
    method: t.string({ defaultValue: 'POST', description: 'Its method.' }),
    headers: t.field({ type: 'JSON', description: `An object of headers. ${SECRETS_NOTE}` }),
    timeoutMs: t.int({ description: 'How long it may take.' }),
  }),
});

const WebSocketBackendInput = builder.inputType('WebSocketBackendInput', {
  description: 'A WebSocket that streams messages until the reply is final.',
  fields: (t) => ({
    uri: t.field({
      type: 'URI',
      required: true,
      description: 'A wss or ws URI. The policy is asked about it as https or http.',
    }),
    subprotocol: t.string({ description: 'Asked for in the handshake.' }),
    headers: t.field({ type: 'JSON', description: `An object of headers of the handshake. ${SECRETS_NOTE}` }),
    timeoutMs: t.int({ description: 'How long it may take.' }),
  }),
});

export const AgentBackendInput = builder.inputType('AgentBackendInput', {
  description: 'How an agent is reached: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    mcp: t.field({ type: McpBackendInput, description: 'A tool of an MCP server.' }),
    litellm: t.field({ type: LlmBackendInput, description: 'A language model.' }),
    bashCli: t.field({ type: BashBackendInput, description: 'A shell command.' }),
    httpApi: t.field({ type: HttpBackendInput, description: 'An HTTP request.' }),
    websocket: t.field({ type: WebSocketBackendInput, description: 'A WebSocket.' }),
  }),
});

export const AgentInput = builder.inputType('AgentInput', {
  description: 'An agent: what it is for, and how it is reached.',
  fields: (t) => ({
    id: t.string({ description: 'A name of your own for it.' }),
    role: t.string({ required: true, description: 'What it is: “Summarizer”.' }),
    goal: t.string({ required: true, description: 'What it is to do.' }),
    tools: t.stringList({
      description: 'Names of the tools that it may call, as `catalog.tools` or its MCP servers list them.',
    }),
    backend: t.field({ type: AgentBackendInput, required: true, description: 'How it is reached.' }),
    memoryUri: t.field({
      type: 'URI',
      description: '`memory:NAME`, or a `file:` URI: what it reads before, and what its answer is added to.',
    }),
  }),
});

/** Fields of `AgentBackendInput` → names of backends. */
const BACKEND_NAMES: Readonly<Record<string, AgentBackend>> = {
  mcp: 'mcp',
  litellm: 'litellm',
  bashCli: 'bash_cli',
  httpApi: 'http_api',
  websocket: 'websocket',
};

/** The input `AgentInput` as the engine takes it: what is null was not given. @throws Fault BAD_INPUT */
export function toAgentSpec(given: unknown): AgentSpec {
  const { backend, ...rest } = omitNulls(given) as { readonly backend: JsonObject } & Omit<
    AgentSpec,
    'backend' | 'config'
  >;
  const [field = '', config = {}] = Object.entries(backend)[0] ?? [];
  const name = Object.hasOwn(BACKEND_NAMES, field) ? BACKEND_NAMES[field] : undefined;
  if (name === undefined || !isJsonObject(config)) {
    throw new Fault('BAD_INPUT', 'An agent names one backend.', { path: ['agent', 'backend'] });
  }
  return { ...rest, backend: name, config };
}

function omitNulls(value: unknown): Json {
  if (Array.isArray(value)) return value.map(omitNulls);
  if (!isJsonObject(value)) return value as Json;
  const given = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(given.map(([name, one]) => [name, omitNulls(one)]));
}
