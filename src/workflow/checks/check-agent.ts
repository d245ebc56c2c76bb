import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression } from '../expressions/template.ts';
import { agentConfig, documentKeys, duplicateKeys } from '../inputs/agent-config.ts';
import { checkOptions } from '../inputs/check-options.ts';
import type { Catalog } from '../model/catalog.ts';
import type { DocumentPath, ProblemMessage, Problems } from '../model/problems.ts';

/** The name that memories have, or a file. */
const MEMORY_URI = /^(?:memory:[\w.-]{1,128}$|file:\/\/\/)/i;

type ReportProblem = (message: ProblemMessage, path: DocumentPath, key?: 'key') => void;

/** The backend is there, its configuration fits, the tools exist, and the memory is one. */
export function checkAgent(
  agent: JsonObject,
  at: DocumentPath,
  step: string,
  { catalog, problems }: { readonly catalog: Catalog; readonly problems: Problems },
): void {
  const tell: ReportProblem = (message, path, key) =>
    problems.error(message, [...at, ...path], { step, ...(key && { key }) });
  const backend = String(agent.backend);
  const given = isJsonObject(agent.backend_config) ? agent.backend_config : {};
  const config = agentConfig(given);
  const entry = catalog.backend(backend);
  if (!entry) {
    const { backends } = catalog.names;
    const there = `${didYouMean(backend, backends)} There are: ${backends.join(', ')}.`;
    tell(`There is no backend ${backend}.${there}`, ['backend']);
    return;
  }
  for (const path of duplicateKeys(given)) {
    const message = `Step ${step}: ${path.join('.')} stands here in snake_case and in camelCase. Take one of them out.`;
    tell(message, ['backend_config', ...path], 'key');
  }
  for (const { path, message, key } of checkOptions(entry.config, config, documentKeys(given)).problems) {
    tell(() => `Step ${step}, configuration of ${backend}: ${message()}.`, ['backend_config', ...path], key);
  }
  // What an MCP server has is not known before it is asked.
  if (backend !== 'mcp' && config.mcpServers === undefined) checkTools(agent.tools, step, catalog.names.tools, tell);
  checkMemory(agent.memory_uri, step, tell);
}

function checkTools(tools: Json | undefined, step: string, known: readonly string[], tell: ReportProblem): void {
  for (const [i, tool] of (Array.isArray(tools) ? (tools as readonly Json[]) : []).entries()) {
    if (typeof tool !== 'string' || known.includes(tool)) continue;
    const message = () => `Step ${step}: there is no tool ${tool}.${didYouMean(tool, known)} ${listNames(known)}`;
    tell(message, ['tools', i]);
  }
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? 'This server has none.' : `There are: ${names.join(', ')}.`;
}

function checkMemory(uri: Json | undefined, step: string, tell: ReportProblem): void {
  if (typeof uri !== 'string' || containsExpression(uri) || MEMORY_URI.test(uri)) return;
  tell(
    `Step ${step}: memory_uri must be memory:NAME (letters, digits, _ . and -), or a file: URI such as file:///data/notes.md.`,
    ['memory_uri'],
  );
}
