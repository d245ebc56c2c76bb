import type { AgentBackend, AgentInput, AgentSpec } from '../../core/agent.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression, escapeTemplate, escapeTemplates } from '../expressions/template.ts';
import type { CatalogBackend } from '../model/catalog.ts';
import { agentConfig } from './agent-config.ts';
import { checkOptions } from './check-options.ts';

/**
 * Becomes a shell script, so it holds no expressions: their values would run as commands. The backend substitutes its
 * placeholders as variables.
 */
const SHELL_TEMPLATE_KEYS = ['command_template', 'commandTemplate'];

/** The parts of an agent that may hold expressions. */
export function agentTemplates(agent: JsonObject): JsonObject {
  const config = agent.backend_config;
  if (!isJsonObject(config)) return agent;
  const open = Object.entries(config).filter(([name]) => !SHELL_TEMPLATE_KEYS.includes(name));
  return { ...agent, backend_config: Object.fromEntries(open) };
}

/** An agent of a form without expressions, in which null means absent. */
export function escapeAgent(document: JsonObject): JsonObject {
  const agent = Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
  const literal = escapeTemplates(agent) as JsonObject;
  const { backend_config: config } = agent;
  if (!isJsonObject(config)) return literal;
  const shell = Object.entries(config).filter(([name]) => SHELL_TEMPLATE_KEYS.includes(name));
  return { ...literal, backend_config: { ...(literal.backend_config as JsonObject), ...Object.fromEntries(shell) } };
}

/** True for a step with expressions that are evaluated when it starts. */
export function agentHasExpressions({ agent, input }: JsonObject): boolean {
  return (isJsonObject(agent) && containsExpression(agentTemplates(agent))) || containsExpression(input ?? null);
}

/** The input of a step of kind AGENT, as the engine takes it. The step must be free of problems. */
export function agentInput(step: JsonObject, entry: CatalogBackend | undefined): AgentInput {
  const agent = step.agent as JsonObject;
  const { id, role, goal, tools, backend, backend_config: settings = {}, memory_uri: memoryUri } = agent;
  const config = agentConfig(settings as JsonObject);
  const spec = {
    ...(id !== undefined && { id }),
    role,
    goal,
    ...(tools !== undefined && { tools }),
    backend: backend as AgentBackend,
    config: agentHasExpressions(step) ? escapeShellTemplates(config) : withDefaults(config, entry),
    ...(memoryUri !== undefined && { memoryUri }),
  } as AgentSpec;
  return { agent: spec, context: step.input ?? null };
}

/** The shell script is evaluated with the rest, and must come out unchanged. */
function escapeShellTemplates(config: JsonObject): JsonObject {
  const escaped = (name: string, value: Json) =>
    SHELL_TEMPLATE_KEYS.includes(name) && typeof value === 'string' ? escapeTemplate(value) : value;
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, escaped(name, value)]));
}

function withDefaults(config: JsonObject, entry: CatalogBackend | undefined): JsonObject {
  return entry ? checkOptions(entry.config, config).filled : config;
}
