import { afterEach } from 'vitest';
import { connectMcp } from '../../../src/agents/mcp/client.ts';
import { createTestOutgoing } from './agent.ts';
import { createTestSession } from './agent-session.ts';
import { UNUSED_MCP_DEPS } from './litellm.ts';
import { type ScriptedReply, startScriptedMcpServer } from './scripted-mcp-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A session of the client with a server that follows a script; both are closed after the test. */
export async function connectScripted(script: Readonly<Record<string, ScriptedReply>>) {
  const server = await startScriptedMcpServer(script);
  closing.push(() => server.close());
  const session = createTestSession();
  const deps = { ...UNUSED_MCP_DEPS, ...createTestOutgoing(new URL(server.url).host) };
  closing.push(() => deps.outgoing.close());
  const connection = await connectMcp({ serverUrl: server.url }, deps, session);
  closing.push(() => connection.close());
  const call = async () => {
    const tools = await connection.tools();
    return { tools: tools.map(({ name }) => name), output: await connection.call('look', {}, session.signal) };
  };
  return { server, session, connection, call };
}
