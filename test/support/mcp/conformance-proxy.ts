import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * A proxy between the conformance suite and a server, for two things that the suite cannot do: it sends no token, and its
 * scenarios use names of tools and resources that only its example server has. Everything else passes unchanged.
 * @param names names of tools and URIs of resources: the suite's → the server's
 */
export async function startConformanceProxy(
  target: string,
  token: string,
  names: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly url: string }> {
  const proxy = createServer(async (req, res) => {
    const body = rename(await buffer(req), names);
    const named = String(req.headers['mcp-name'] ?? '');
    const headers = {
      ...req.headers,
      ...(names[named] && { 'mcp-name': names[named] }),
      authorization: `Bearer ${token}`,
    };
    if (req.method === 'POST') headers['content-length'] = String(body.byteLength);
    const onward = request(new URL(req.url ?? '/', target), { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function rename(body: Buffer, names: Readonly<Record<string, string>>): Buffer {
  if (!body.includes('"params"')) return body;
  const message = JSON.parse(body.toString('utf8')) as { params?: { name?: string; uri?: string } };
  const { name = '', uri = '' } = message.params ?? {};
  const renamed = { ...(names[name] && { name: names[name] }), ...(names[uri] && { uri: names[uri] }) };
  return Buffer.from(JSON.stringify({ ...message, params: { ...message.params, ...renamed } }));
}
