import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

interface Pages extends AsyncDisposable {
  readonly url: string;
}

/** Serves a page at `/`, and the modules in the folders below their prefixes. */
export async function servePages(page: () => string, folders: Readonly<Record<string, string>>): Promise<Pages> {
  const server: HttpServer = createServer(async (req, res) => {
    const path = normalize(new URL(req.url ?? '/', 'http://page').pathname);
    const [prefix, folder] = Object.entries(folders).find(([prefix]) => path.startsWith(prefix)) ?? [];
    const script = prefix && folder && (await readFile(join(folder, path.slice(prefix.length))).catch(() => undefined));
    if (script) res.setHeader('content-type', 'text/javascript').end(script);
    else if (path === '/') res.setHeader('content-type', 'text/html').end(page());
    else res.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
