import type { ToolContext, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { notMcpFault } from './mcp-fault.ts';
import { hasInvalidHeaders } from './request-metadata.ts';
import { toPlainJson } from './tool-result.ts';
import { MAX_MESSAGE_BYTES } from './transport.ts';

const MAX_TOOLS = 1_000;
const MAX_PAGES = 100;
/** Names are used unescaped in policies, events and prompts. */
const TOOL_NAME = /^[^\p{C}\p{Z}]{1,128}$/u;

/**
 * Reads all pages of `tools/list`. A member that is null counts as absent, and a tool that is described wrongly is left out,
 * with a warning. Output schemas are not read.
 * @param page asks for one page
 * @param usesHeaders parameters may be repeated in headers
 * @throws Fault RESOURCE_TOO_LARGE for more than a thousand tools, RESOURCE_UNREACHABLE for anything but a list
 */
export async function listTools(
  page: (params: JsonObject) => Promise<Json>,
  where: string,
  ctx: Pick<ToolContext, 'log'>,
  usesHeaders: boolean,
): Promise<readonly ToolInfo[]> {
  const tools: ToolInfo[] = [];
  let size = 0;
  let cursor: string | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const result = await page(cursor === undefined ? {} : { cursor });
    if (!isJsonObject(result)) throw notMcpFault(where);
    const listed = result.tools ?? [];
    if (!Array.isArray(listed)) throw notMcpFault(where);
    for (const one of listed as readonly Json[]) {
      const tool = toTool(one, where, usesHeaders);
      if (typeof tool === 'string') ctx.log('WARN', `${where} has a tool that is ignored, because ${tool}.`);
      else tools.push(tool);
    }
    size += JSON.stringify(tools.slice(-listed.length)).length;
    if (tools.length > MAX_TOOLS || size > MAX_MESSAGE_BYTES) break;
    const { nextCursor } = result;
    if (typeof nextCursor !== 'string' || nextCursor === '') return tools;
    cursor = nextCursor;
  }
  throw tooManyToolsFault(where);
}

/** The tool, or the reason why it cannot be used. */
function toTool(tool: Json, where: string, usesHeaders: boolean): ToolInfo | string {
  if (!isJsonObject(tool)) return 'it is not an object';
  const { name, description, inputSchema } = tool;
  if (typeof name !== 'string' || !TOOL_NAME.test(name))
    return `its name is invalid: ${JSON.stringify(name ?? null).slice(0, 130)}`;
  if (!isJsonObject(inputSchema) || inputSchema.type !== 'object')
    return `the schema of the arguments of ${name} does not have the type object`;
  if (usesHeaders && hasInvalidHeaders(inputSchema)) return `${name} repeats parameters in headers that are invalid`;
  const input = toPlainJson(inputSchema, where) as JsonObject;
  return { name, description: typeof description === 'string' ? description : '', input };
}

function tooManyToolsFault(where: string): Fault {
  const message = `The MCP server ${where} has more than ${MAX_TOOLS} tools, or their descriptions are too long.`;
  return new Fault('RESOURCE_TOO_LARGE', `${message} Use a server with fewer tools.`);
}
