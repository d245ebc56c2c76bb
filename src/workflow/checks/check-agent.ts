import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression } from '../expressions/template.ts';
import { agentConfig, documentKeys, duplicateKeys } from '../inputs/agent-config.ts';
import { agentTemplates } from '../inputs/agent-input.ts';
import { checkOptions } from '../inputs/check-options.ts';
import { checkTypes } from '../inputs/check-types.ts';
import { schemaProblem } from '../inputs/schema-problem.ts';
import type { Catalog } from '../model/catalog.ts';
import type { DocumentPath, ProblemMessage, Problems } from '../model/problems.ts';

/** A named memory, or a file. */
const MEMORY_URI = /^(?:memory:[\w.-]{1,128}$|file:\/\/\/)/i;

type ReportProblem = (message: ProblemMessage, path: DocumentPath, key?: 'key') => void;

/** Checks the backend of an agent, its configuration, its tools and its memory. */
export function checkAgent(
  agent: JsonObject,
  at: DocumentPath,
  step: string,
  { catalog, problems, names }: { readonly catalog: Catalog; readonly problems: Problems; readonly names: JsonObject },
): void {
  const report: ReportProblem = (message, path, key) =>
    problems.error(message, [...at, ...path], { step, ...(key && { key }) });
  const backend = String(agent.backend);
  const settings = isJsonObject(agent.backend_config) ? agent.backend_config : {};
  const config = agentConfig(settings);
  const entry = catalog.backend(backend);
  if (!entry) {
    const { backends } = catalog.names;
    const hint = `${didYouMean(backend, backends)} Backends of this server: ${backends.join(', ')}.`;
    report(`Step ${step}: there is no backend ${backend}.${hint}`, ['backend']);
    return;
  }
  for (const path of duplicateKeys(settings)) {
    const message = `Step ${step}: ${path.join('.')} is written in snake_case and in camelCase. Keep one of the two.`;
    report(message, ['backend_config', ...path], 'key');
  }
  const open = agentTemplates(agent).backend_config;
  for (const { path, message, key } of [
    ...checkOptions(entry.config, config, documentKeys(settings)).problems,
    ...checkTypes(entry.config, isJsonObject(open) ? agentConfig(open) : {}, names, documentKeys(settings)),
  ]) {
    report(() => `Step ${step}, configuration of ${backend}: ${message()}`, ['backend_config', ...path], key);
  }
  // The tools of an MCP server are not known before it is connected.
  if (backend !== 'mcp' && config.mcpServers === undefined) checkTools(agent.tools, step, catalog.names.tools, report);
  checkMemory(agent.memory_uri, step, report);
  checkOutputSchema(agent.output_schema, step, report);
}

function checkTools(tools: Json | undefined, step: string, names: readonly string[], report: ReportProblem): void {
  for (const [i, tool] of (Array.isArray(tools) ? (tools as readonly Json[]) : []).entries()) {
    if (typeof tool !== 'string' || names.includes(tool)) continue;
    const message = () => `Step ${step}: there is no tool ${tool}.${didYouMean(tool, names)} ${listTools(names)}`;
    report(message, ['tools', i]);
  }
}

function listTools(names: readonly string[]): string {
  return names.length === 0 ? 'This server has no tools.' : `Tools of this server: ${names.join(', ')}.`;
}

function checkMemory(uri: Json | undefined, step: string, report: ReportProblem): void {
  if (typeof uri !== 'string' || containsExpression(uri) || MEMORY_URI.test(uri)) return;
  report(
    `Step ${step}: memory_uri must be memory:NAME (letters, digits, _ . and -) or a file: URI such as file:///data/notes.md.`,
    ['memory_uri'],
  );
}

function checkOutputSchema(schema: Json | undefined, step: string, report: ReportProblem): void {
  if (!isJsonObject(schema)) return;
  const problem = schemaProblem(schema);
  if (problem !== undefined)
    report(`Step ${step}: output_schema is not a valid JSON Schema: ${problem}.`, ['output_schema']);
}
