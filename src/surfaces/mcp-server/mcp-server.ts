import type { IncomingMessage, ServerResponse } from 'node:http';
import { lossyNumberMessage } from '../../lib/lossy-numbers.ts';
import { createActiveRequests } from './exchange/active-requests.ts';
import { createMethods } from './exchange/methods.ts';
import { serveSessionPost, serveSessionStream } from './exchange/serve-session.ts';
import { isStateless, serveStateless } from './exchange/serve-stateless.ts';
import { createSessions } from './exchange/sessions.ts';
import type { McpCaller, McpDeps } from './protocol/mcp-deps.ts';
import { MCP_LIMITS, type McpLimits } from './protocol/mcp-limits.ts';
import { idOf } from './protocol/message.ts';
import { readMessage } from './protocol/read-message.ts';
import { sendRpc } from './protocol/reply.ts';
import { errorMember, RPC_CODES, RpcError } from './protocol/rpc-error.ts';

/** Commands, tools and saved workflows as tools of MCP, and runs as its resources; over streamable HTTP. */
export interface McpServer {
  /** Answers one request to `/mcp`. @throws Fault when the session is not one of the caller's */
  handle(req: IncomingMessage, res: ServerResponse, caller: McpCaller): Promise<void>;
  /** Ends streams, and no longer waits for running calls; responses that are ready are still sent. */
  close(): void;
}

/** Not in JSON-RPC: what is wrong is the HTTP request. */
const HTTP_CODE = -32_000;

export function createMcpServer(deps: McpDeps, changes: Partial<McpLimits> = {}): McpServer {
  const limits = { ...MCP_LIMITS, ...changes };
  const stopping = new AbortController();
  const sessions = createSessions(deps, limits);
  const methods = createMethods(deps);
  const requests = createActiveRequests(limits.maxRequests, 'requests');
  const streams = createActiveRequests(limits.maxStreams, 'streams');
  const ctx = { deps, limits, sessions, methods, streams, stopping: stopping.signal };

  const post = async (req: IncomingMessage, res: ServerResponse, caller: McpCaller) => {
    let id: string | number | null = null;
    try {
      const problem = problemOfHeaders(req);
      if (problem) return sendRpc(res, problem.status, { id, error: { code: HTTP_CODE, message: problem.message } });
      const { body, lossyNumber } = await readMessage(req, res, limits.maxMessageBytes);
      id = idOf(body);
      if (lossyNumber !== undefined) throw new RpcError(RPC_CODES.params, lossyNumberMessage(lossyNumber));
      if (isStateless(req, body)) await serveStateless(ctx, req, res, body, caller);
      else await serveSessionPost(ctx, req, res, body, caller);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      sendRpc(res, 400, { id, error: errorMember(error) });
    }
  };

  return {
    async handle(req, res, caller) {
      // Responses depend on the caller.
      res.setHeader('Cache-Control', 'no-store');
      const active = req.method === 'GET' ? streams : requests;
      const release = active.begin(caller.principal);
      if (res.closed) release();
      else res.once('close', release);
      if (req.method === 'POST') return await post(req, res, caller);
      if (req.method === 'GET') return serveSessionStream(ctx, req, res, caller);
      sessions.end(sessions.find(String(req.headers['mcp-session-id'] ?? ''), caller.principal));
      res.writeHead(200).end();
    },
    close() {
      stopping.abort();
      sessions.closeStreams();
    },
  };
}

function problemOfHeaders({ headers }: IncomingMessage): { status: number; message: string } | undefined {
  const accept = headers.accept ?? '*/*';
  const accepts = (type: string) => accept.includes(type) || accept.includes('*/*');
  if (!accepts('application/json') || !accepts('text/event-stream'))
    return { status: 406, message: 'Accept must have application/json and text/event-stream.' };
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return { status: 415, message: 'Content-Type must be application/json.' };
  return undefined;
}
