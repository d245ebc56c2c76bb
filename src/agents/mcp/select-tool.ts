import type { ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';

const MAX_LISTED_TOOLS = 50;

/**
 * The tool that an agent calls: the first that it names, else the only tool of the server, else the one whose name
 * occurs in its goal as words (`get-sum` as "get-sum", "get sum" or "get_sum").
 * @throws Fault NOT_FOUND, BAD_INPUT, both with the names of the available tools
 */
export function selectTool(
  tools: readonly ToolInfo[],
  agent: { readonly tools?: readonly string[]; readonly goal: string },
): ToolInfo {
  const [toolName] = agent.tools ?? [];
  if (toolName !== undefined) {
    const tool = tools.find(({ name }) => name === toolName);
    if (tool) return tool;
    throw new Fault('NOT_FOUND', `This MCP server has no tool ${toolName}. ${listToolNames(tools)}`);
  }
  if (tools.length === 1 && tools[0]) return tools[0];
  const goal = normalizeWords(agent.goal);
  const candidates = tools.filter(({ name }) => goal.includes(normalizeWords(name)));
  // Of `get` and `get-sum`, the goal means the longer match.
  const longest = Math.max(...candidates.map(({ name }) => name.length));
  const [best, ...others] = candidates.filter(({ name }) => name.length === longest);
  if (best && others.length === 0) return best;
  const why = candidates.length === 0 ? 'names none' : 'names several';
  throw new Fault(
    'BAD_INPUT',
    `The tool is ambiguous: the goal ${why} of the server's tools. Name one in \`tools\`. ${listToolNames(tools)}`,
  );
}

/** Lower case, with one blank between words and around them. */
function normalizeWords(text: string): string {
  return ` ${text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ')} `;
}

function listToolNames(tools: readonly ToolInfo[]): string {
  if (tools.length === 0) return 'It has no tools.';
  const names = tools.slice(0, MAX_LISTED_TOOLS).map(({ name }) => name);
  return `Available tools: ${names.join(', ')}${tools.length > MAX_LISTED_TOOLS ? ', …' : ''}.`;
}
