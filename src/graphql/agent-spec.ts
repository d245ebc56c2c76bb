import type { AgentBackend, AgentSpec } from '../core/agent.ts';
import { Fault } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';

/** Fields of `AgentBackendInput` → names of backends. */
const BACKENDS: Readonly<Record<string, AgentBackend>> = {
  mcp: 'mcp',
  litellm: 'litellm',
  bashCli: 'bash_cli',
  httpApi: 'http_api',
  websocket: 'websocket',
};

/** The input `AgentInput` as the engine takes it: what is null was not given. @throws Fault BAD_INPUT */
export function toAgentSpec(given: unknown): AgentSpec {
  const { backend, ...rest } = withoutNulls(given) as { readonly backend: JsonObject } & Omit<
    AgentSpec,
    'backend' | 'config'
  >;
  const [field = '', config = {}] = Object.entries(backend)[0] ?? [];
  const name = Object.hasOwn(BACKENDS, field) ? BACKENDS[field] : undefined;
  if (name === undefined || !isJsonObject(config)) {
    throw new Fault('BAD_INPUT', 'An agent names one backend.', { path: ['agent', 'backend'] });
  }
  return { ...rest, backend: name, config };
}

function withoutNulls(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value as Json;
  const given = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(given.map(([name, one]) => [name, withoutNulls(one)]));
}
