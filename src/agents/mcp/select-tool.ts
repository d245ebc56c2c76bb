import type { ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';

const MAX_LISTED_TOOLS = 50;

/**
 * The tool that an agent is for: the first that it names, else the only one there is, else the one whose name its goal
 * holds as words (`get-sum` as "get-sum", "get sum" or "get_sum").
 * @throws Fault NOT_FOUND, BAD_INPUT, both with the names of those that are there
 */
export function selectTool(
  tools: readonly ToolInfo[],
  agent: { readonly tools?: readonly string[]; readonly goal: string },
): ToolInfo {
  const [wanted] = agent.tools ?? [];
  if (wanted !== undefined) {
    const found = tools.find(({ name }) => name === wanted);
    if (found) return found;
    throw new Fault('NOT_FOUND', `This MCP server has no tool ${wanted}. ${listToolNames(tools)}`);
  }
  if (tools.length === 1 && tools[0]) return tools[0];
  const goal = normalizeWords(agent.goal);
  const named = tools.filter(({ name }) => goal.includes(normalizeWords(name)));
  // Of `get` and `get-sum`, the goal means the one of which it says more.
  const longest = Math.max(...named.map(({ name }) => name.length));
  const [best, ...others] = named.filter(({ name }) => name.length === longest);
  if (best && others.length === 0) return best;
  const why = named.length === 0 ? 'names none of them' : 'names several of them';
  throw new Fault('BAD_INPUT', `Say in \`tools\` which tool is meant: the goal ${why}. ${listToolNames(tools)}`);
}

/** In lower case, with a blank between any two words and around them. */
function normalizeWords(text: string): string {
  return ` ${text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ')} `;
}

function listToolNames(tools: readonly ToolInfo[]): string {
  if (tools.length === 0) return 'It has none at all.';
  const names = tools.slice(0, MAX_LISTED_TOOLS).map(({ name }) => name);
  return `There are: ${names.join(', ')}${tools.length > MAX_LISTED_TOOLS ? ', …' : ''}.`;
}
