import type { AgentInput, AgentSpec } from '../../core/agent.ts';
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
export function agentTemplates(document: JsonObject): JsonObject {
  const agent: JsonObject = Object.fromEntries(Object.entries(document).filter(([name]) => name !== 'output_schema'));
  const config = agent.backend_config;
  if (!isJsonObject(config)) return agent;
  const open = Object.entries(config).filter(([name]) => !SHELL_TEMPLATE_KEYS.includes(name));
  return { ...agent, backend_config: Object.fromEntries(open) };
}

/** An agent of a form without expressions, in which null means absent. */
export function escapeAgent(document: JsonObject): JsonObject {
  const { output_schema: schema } = document;
  const agent: JsonObject = Object.fromEntries(
    Object.entries(document).filter(([name, value]) => value !== null && name !== 'output_schema'),
  );
  const literal: JsonObject = {
    ...(escapeTemplates(agent) as JsonObject),
    ...(schema !== undefined && schema !== null && { output_schema: schema }),
  };
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
  const {
    id,
    role,
    goal,
    tools,
    backend,
    backend_config: settings = {},
    memory_uri: memoryUri,
    output_schema: schema,
  } = agent;
  const hasExpressions = agentHasExpressions(step);
  const config = agentConfig(settings as JsonObject);
  const spec = {
    ...(id !== undefined && { id }),
    role,
    goal,
    ...(tools !== undefined && { tools }),
    backend: String(backend),
    config: hasExpressions ? escapeShellTemplates(config) : withDefaults(config, entry),
    // It is evaluated with the rest, and must come out unchanged.
    ...(schema !== undefined && { outputSchema: hasExpressions ? escapeTemplates(schema) : schema }),
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
