import { setTimeout } from 'node:timers/promises';
import type { ClientConfig } from '../../../config/read-client.ts';
import { Fault } from '../../../core/errors.ts';
import { createTokenProvider } from './access-token.ts';
import { createRemoteSession } from './remote-session.ts';

const PROBE_TIMEOUT_MS = 5_000;
/** How long answers are waited for, once nothing more is asked. */
const DRAIN_TIMEOUT_MS = 5_000;
const DRAIN_POLL_MS = 20;

/**
 * Hands messages on between standard input and output and the server's `/mcp`, until the input ends. Nothing but
 * JSON-RPC goes out; what else is to be said stands on standard error.
 * @returns the exit code
 * @throws Fault UNAVAILABLE when no server answers, UNAUTHENTICATED
 */
export async function runBridge(client: ClientConfig): Promise<number> {
  const token = createTokenProvider(client);
  await assertReachable(client.url);
  await token();
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
  const stdio = new StdioServerTransport();
  const complain = (what: string) => process.stderr.write(`${what}\n`);
  const receive = (message: Parameters<typeof stdio.send>[0]) => void stdio.send(message);
  const remote = await createRemoteSession({ url: client.url, token, onMessage: receive, reportError: complain });
  const over = new Promise<void>((resolve) => {
    for (const end of ['end', 'close', 'error']) process.stdin.once(end, resolve);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  // The program at the other end has gone; its input ends next.
  process.stdout.on('error', () => {});
  stdio.onmessage = (message) => void remote.send(message);
  stdio.onerror = (error) => complain(error.message);
  await stdio.start();
  await over;
  for (const until = Date.now() + DRAIN_TIMEOUT_MS; remote.pendingRequests > 0 && Date.now() < until; )
    await setTimeout(DRAIN_POLL_MS);
  await remote.close();
  return 0;
}

async function assertReachable(url: string): Promise<void> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.body?.cancel();
  } catch (error) {
    const message = `No Signalbox answers at ${url}. Start one with npm start, or set SIGNALBOX_URL to where it is.`;
    throw new Fault('UNAVAILABLE', message, { cause: error });
  }
}
