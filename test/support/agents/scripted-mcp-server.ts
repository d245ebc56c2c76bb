import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { isJsonObject, type Json, type JsonObject } from '../../../src/lib/json.ts';

interface McpRequest {
  readonly id?: number;
  readonly method: string;
  readonly params: JsonObject;
}

/** What the server does with one request: a result, or any other behavior. */
export type ScriptedReply =
  | JsonObject
  | ((request: McpRequest, response: ServerResponse, http: IncomingMessage) => void | Promise<void>);

/**
 * An MCP server over streamable HTTP that answers as a test says, method by method, and as the protocol has it otherwise.
 * It holds no session, and sends JSON.
 */
export async function startScriptedMcpServer(script: Readonly<Record<string, ScriptedReply>>) {
  const requests: (McpRequest & { readonly headers: IncomingMessage['headers'] })[] = [];
  const defaults: Readonly<Record<string, JsonObject>> = {
    initialize: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'scripted', version: '1' },
    },
    'tools/list': { tools: [{ name: 'look', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'seen' }] },
  };
  const server = createServer(async (http, response) => {
    if (http.method !== 'POST') {
      const reply = script[http.method ?? ''];
      if (typeof reply === 'function') return void reply({ method: http.method ?? '', params: {} }, response, http);
      return void response.writeHead(405).end();
    }
    const request = (await json(http)) as unknown as McpRequest;
    requests.push({ ...request, headers: http.headers });
    const reply = script[request.method] ?? defaults[request.method];
    if (typeof reply === 'function') return void (await reply(request, response, http));
    if (request.id === undefined) return void response.writeHead(202).end();
    sendMessage(response, reply ? { id: request.id, result: reply } : { id: request.id, error: UNKNOWN_METHOD });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    /** How often a method was called. */
    count: (method: string) => requests.filter((request) => request.method === method).length,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const UNKNOWN_METHOD = { code: -32_601, message: 'unknown method' };

export function sendMessage(response: ServerResponse, message: Json, status = 200): void {
  const body = isJsonObject(message) ? { jsonrpc: '2.0', ...message } : message;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
