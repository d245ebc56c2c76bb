import { readClientEnvironment } from '../config/read-client.ts';
import { runBridge } from '../surfaces/mcp-server/bridge/run-bridge.ts';
import type { VerbContext } from './verb.ts';

/** Serves one MCP client until it closes standard input. */
export async function mcp({ env }: Pick<VerbContext, 'env'>): Promise<number> {
  return runBridge(readClientEnvironment(env));
}
