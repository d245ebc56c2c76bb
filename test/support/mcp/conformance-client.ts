/**
 * The MCP client of agents as a program, for the client scenarios of `@modelcontextprotocol/conformance`: lists the tools of
 * the server whose URL is the last argument, and calls those that the scenario names, or else each of them.
 */
import { connectMcp } from '../../../src/agents/mcp/client.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { createTestOutgoing } from '../agents/agent.ts';
import { createTestSession } from '../agents/agent-session.ts';
import { UNUSED_MCP_DEPS } from '../agents/litellm.ts';

interface ScenarioContext {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: JsonObject }[];
}

const url = process.argv.at(-1) ?? '';
const { toolCalls }: ScenarioContext = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const session = createTestSession();
const deps = { ...UNUSED_MCP_DEPS, ...createTestOutgoing(new URL(url).host) };
const connection = await connectMcp({ serverUrl: url }, deps, session);
try {
  const tools = await connection.tools();
  /** The arguments that tools of scenarios without a context take. */
  const args = { a: 2, b: 3, schema: tools[0]?.input ?? {} };
  for (const call of toolCalls ?? tools.map(({ name }) => ({ name, arguments: args }))) {
    await connection.call(call.name, call.arguments, session.signal).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      console.error(error.message);
    });
  }
} finally {
  await connection.close();
  await deps.outgoing.close();
  await session.close();
}
