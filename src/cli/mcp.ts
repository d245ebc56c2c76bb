import { readClientEnvironment } from '../config/read-client.ts';
import { runBridge } from '../surfaces/mcp-server/bridge/run-bridge.ts';

/** Serves one MCP client until it closes standard input. */
export async function mcp(env: NodeJS.ProcessEnv): Promise<number> {
  return runBridge(readClientEnvironment(env));
}
