import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestGitServer {
  /** Origin and path of the one repository. */
  readonly remote: string;
  /** `host:port` */
  readonly host: string;
  /** Path of the bare repository on disk. */
  readonly folder: string;
  /** The Authorization header of every request. */
  readonly authorizations: readonly (string | undefined)[];
  /** Output of git for the bare repository. */
  git(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

interface Options {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Requests without exactly this Authorization are answered with 401. */
  readonly expect?: string;
  /** Instead of git, for a remote that misbehaves. */
  readonly answer?: RequestListener;
}

/** A bare repository behind git's smart HTTP server. */
export async function startTestGitServer({ tls, expect, answer }: Options = {}): Promise<TestGitServer> {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-remote-'));
  const folder = join(root, 'project.git');
  const env = { PATH: '/usr/bin:/bin', HOME: root, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = async (...args: readonly string[]) => (await run('git', ['-C', folder, ...args], { env })).stdout;
  await run('git', ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder], { env });
  await git('config', 'http.receivepack', 'true');
  const authorizations: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    const { authorization } = request.headers;
    authorizations.push(authorization);
    if (answer) return answer(request, response);
    if (expect === undefined || authorization === expect) return serveHttpBackend(root, request, response);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `${tls ? 'git.test' : '127.0.0.1'}:${(server.address() as AddressInfo).port}`;
  return {
    ...{ remote: `${tls ? 'https' : 'http'}://${host}/project.git`, host, folder, authorizations, git },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** CGI (RFC 3875) with `git http-backend`. */
function serveHttpBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://host');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: '/usr/bin:/bin',
      HOME: root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'tester',
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let begun = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (begun) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    begun = true;
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
  });
  child.on('close', () => response.end());
}
