import type { AgentBackend, AgentInput, AgentSpec } from '../../core/agent.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression, escapeTemplate, escapeTemplates } from '../expressions/template.ts';
import type { CatalogBackend } from '../model/catalog.ts';
import { agentConfig } from './agent-config.ts';
import { checkOptions } from './check-options.ts';

/**
 * Becomes the text of a shell, so it holds no expressions: what these come to would be run as commands. Its own
 * placeholders are put in by the backend, as variables.
 */
const SHELL_TEMPLATE_KEYS = ['command_template', 'commandTemplate'];

/** What of an agent holds expressions. */
export function agentTemplates(agent: JsonObject): JsonObject {
  const config = agent.backend_config;
  if (!isJsonObject(config)) return agent;
  const open = Object.entries(config).filter(([name]) => !SHELL_TEMPLATE_KEYS.includes(name));
  return { ...agent, backend_config: Object.fromEntries(open) };
}

/** An agent of a form that has no expressions, and in which null stands for what is not there. */
export function escapeAgent(given: JsonObject): JsonObject {
  const agent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const literal = escapeTemplates(agent) as JsonObject;
  const { backend_config: config } = agent;
  if (!isJsonObject(config)) return literal;
  const shell = Object.entries(config).filter(([name]) => SHELL_TEMPLATE_KEYS.includes(name));
  return { ...literal, backend_config: { ...(literal.backend_config as JsonObject), ...Object.fromEntries(shell) } };
}

/** True for a step of which something is to be worked out when its turn comes. */
export function agentHasExpressions({ agent, input }: JsonObject): boolean {
  return (isJsonObject(agent) && containsExpression(agentTemplates(agent))) || containsExpression(input ?? null);
}

/** The input of a step of kind AGENT, as the engine has it. The step has no problem, or this is of no use. */
export function agentInput(step: JsonObject, entry: CatalogBackend | undefined): AgentInput {
  const agent = step.agent as JsonObject;
  const { id, role, goal, tools, backend, backend_config: given = {}, memory_uri: memoryUri } = agent;
  const config = agentConfig(given as JsonObject);
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

/** Evaluated with the rest, the shell text comes to what it was. */
function escapeShellTemplates(config: JsonObject): JsonObject {
  const evaluated = (name: string, value: Json) =>
    SHELL_TEMPLATE_KEYS.includes(name) && typeof value === 'string' ? escapeTemplate(value) : value;
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, evaluated(name, value)]));
}

function withDefaults(config: JsonObject, entry: CatalogBackend | undefined): JsonObject {
  return entry ? checkOptions(entry.config, config).filled : config;
}
