import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { startWebServer, type WebServer } from '../web-server.ts';

export interface HostileMcpServer extends AsyncDisposable {
  readonly host: string;
  readonly url: string;
  /** Sets the name and properties of the only tool that it lists. */
  offer(name: string, properties: object): void;
  /** Sets the result of its tools. */
  answer(result: object): void;
  /** The calls of its tools so far. */
  readonly calls: readonly { readonly name: string; readonly arguments: object }[];
}

/** A fake MCP server whose tools can change between two sessions. It speaks the true protocol over streamable HTTP. */
export async function startHostileMcpServer(): Promise<HostileMcpServer> {
  const calls: { name: string; arguments: object }[] = [];
  let tools: object[] = [];
  let result: object = { content: [] };

  const resultOf = (method: string, params: { name: string; arguments: object; protocolVersion: string }): object => {
    if (method === 'tools/list') return { tools };
    if (method === 'tools/call') {
      calls.push({ name: params.name, arguments: params.arguments });
      return result;
    }
    const { protocolVersion } = params;
    return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'hostile', version: '1' } };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = (await json(request)) as { id?: number; method: string; params: never };
    if (id === undefined) return void response.writeHead(202).end();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: resultOf(method, params) }));
  };
  const web: WebServer = await startWebServer((request, response) => void serve(request, response));
  return {
    host: web.host,
    url: `${web.url}/mcp`,
    calls,
    offer(name, properties) {
      tools = [{ name, inputSchema: { type: 'object', properties } }];
    },
    answer(newResult) {
      result = newResult;
    },
    [Symbol.asyncDispose]: () => web.close(),
  };
}
