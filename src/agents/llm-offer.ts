import type { AgentSession } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import { nameTools, type OfferedTool, type OfferedTools } from './llm-tools.ts';
import type { McpConnection } from './mcp/client.ts';

/**
 * What a model may call: the tools of this server that its agent names, and those of its MCP servers, all of them
 * unless the agent names tools.
 * @throws Fault BAD_INPUT for a name that is none, and what asking the servers throws
 */
export async function offerTools(
  wanted: readonly string[] | undefined,
  servers: readonly McpConnection[],
  work: AgentSession,
): Promise<OfferedTools> {
  const offered: OfferedTool[] = work.tools.filter(({ name }) => wanted?.includes(name));
  for (const server of servers) {
    for (const tool of await server.tools()) {
      if (wanted && !wanted.includes(tool.name)) continue;
      if (offered.some(({ name }) => name === tool.name)) {
        work.log('WARN', `There are two tools ${tool.name}; the one at ${server.uri.href} is left out.`);
        continue;
      }
      const { uri } = server;
      const perform = (args: Parameters<McpConnection['call']>[1], signal: AbortSignal) =>
        server.call(tool.name, args, signal);
      offered.push({ ...tool, remote: { uri, perform } });
    }
  }
  const missing = (wanted ?? []).filter((name) => !offered.some((tool) => tool.name === name));
  // In the order in which the agent names them: the one that comes first is what it is meant to begin with.
  const place = ({ name }: OfferedTool) => wanted?.indexOf(name) ?? 0;
  if (missing.length === 0) return nameTools(offered.toSorted((a, b) => place(a) - place(b)));
  throw new Fault(
    'BAD_INPUT',
    `The agent has no tool ${missing.join(', ')}: there is none, or the policy does not let it be called. Take it out, or allow tool:${missing[0]}.`,
  );
}
