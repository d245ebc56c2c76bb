import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../core/errors.ts';
import { loadSdk, type Sdk } from './protocol/load-sdk.ts';
import type { McpCaller, McpDeps } from './protocol/mcp-deps.ts';
import { MCP_LIMITS, type McpLimits } from './protocol/mcp-limits.ts';
import { readMessage } from './protocol/read-message.ts';
import { RPC_CODES, RpcError } from './protocol/rpc-error.ts';
import { openSession, type Session } from './sessions/session.ts';
import { createSessions } from './sessions/sessions.ts';
import { createListTools } from './tools/list-tools.ts';
import { createToolVisibility } from './tools/tool-visibility.ts';

/** Commands, tools and saved workflows as tools of MCP, and runs as its resources; over streamable HTTP. */
export interface McpServer {
  /** Answers one request to `/mcp`. @throws Fault when the session is not one of the caller's */
  handle(req: IncomingMessage, res: ServerResponse, caller: McpCaller): Promise<void>;
  /** Accepts no more sessions, and no longer waits for running calls; responses that are ready are still sent. */
  close(): void;
}

const STOPPING_FAULT = new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', {
  retryAfterMs: 2_000,
});

export function createMcpServer(deps: McpDeps, changes: Partial<McpLimits> = {}): McpServer {
  const limits = { ...MCP_LIMITS, ...changes };
  const stopping = new AbortController();
  const listTools = createListTools(deps, createToolVisibility(deps.policy));
  let loading: Promise<Sdk> | undefined;
  const load = () => {
    loading ??= loadSdk();
    return loading;
  };
  const create = async () => openSession({ sdk: await load(), deps, listTools, limits, stopping: stopping.signal });
  const sessions = createSessions(create, deps, limits);

  const sessionOf = async (req: IncomingMessage, body: unknown, { principal }: McpCaller): Promise<Session> => {
    const id = req.headers['mcp-session-id'];
    if (typeof id === 'string') return sessions.find(id, principal);
    if (stopping.signal.aborted) throw STOPPING_FAULT;
    const { types } = await load();
    if (types.isInitializeRequest(body)) return sessions.open(principal);
    throw new RpcError(
      RPC_CODES.request,
      'Begin with initialize, and send the Mcp-Session-Id that it gives with all that follows.',
    );
  };

  const serve = async (req: IncomingMessage, res: ServerResponse, caller: McpCaller) => {
    if (stopping.signal.aborted && req.method === 'GET') throw STOPPING_FAULT;
    const body = req.method === 'POST' ? await readMessage(req, limits.maxMessageBytes) : undefined;
    const session = await sessionOf(req, body, caller);
    const used = sessions.beginRequest(session, caller.principal);
    // A stream is active while it is open.
    if (res.closed) used();
    else res.once('close', used);
    try {
      await session.answer(req, res, body, caller);
    } finally {
      if (!session.initialized) await session.end();
    }
  };

  return {
    async handle(req, res, caller) {
      // Responses depend on the caller.
      res.setHeader('Cache-Control', 'no-store');
      try {
        await serve(req, res, caller);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        const { code, message } = error;
        res.writeHead(400, { 'Content-Type': 'application/json' });
        res.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }));
      }
    },
    close() {
      stopping.abort();
      for (const session of sessions.all) session.closeEventStream();
    },
  };
}
