import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../../src/core/errors.ts';
import type { ArtifactRecord } from '../../../src/core/run.ts';
import type { LogFields } from '../../../src/core/telemetry.ts';
import type { HttpDeps } from '../../../src/surfaces/http/exchange/http-deps.ts';
import type { HttpLimits } from '../../../src/surfaces/http/exchange/http-limits.ts';
import { createHttpServer } from '../../../src/surfaces/http/server.ts';
import { WORKFLOW_SCHEMA } from '../../../src/workflow/schema/workflow-schema.ts';

export const TOKEN = 'good-token';

export const MAX_UPLOAD_BYTES = 1_000_000;

/** The real server on a separate port, over functions that keep artifacts in a folder. */
export async function startHttpServer(
  changes: Partial<Omit<HttpDeps, 'config'>> & { readonly server?: Partial<HttpDeps['config']['server']> } = {},
  limits: Partial<HttpLimits> = {},
  mode: 'development' | 'production' = 'production',
) {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-http-'));
  const kept = new Map<string, ArtifactRecord>();
  const logs: { event: string; fields: LogFields | undefined }[] = [];
  const requests: { route: string; method: string; status: number }[] = [];
  const log = (event: string, fields?: LogFields) => void logs.push({ event, fields });
  let uploads = 0;
  /** How many files of downloads are open. */
  const opened = { now: 0, ever: 0 };

  const { server, ...others } = changes;
  const deps: HttpDeps = {
    config: {
      mode,
      server: {
        host: '127.0.0.1',
        port: 0,
        corsOrigins: ['https://app.example'],
        trustProxy: false,
        basePath: '',
        introspection: true,
        graphiql: true,
        ...server,
      },
    },
    maxUploadBytes: MAX_UPLOAD_BYTES,
    logger: { debug: log, info: log, warn: log, error: log },
    metrics: {
      httpRequest: (route, method, status) => void requests.push({ route, method, status }),
      runDriven: () => () => {},
      runEnded: () => {},
      journalCommitted: () => {},
      policyDecided: () => {},
      packetRefused: () => {},
      webhookAttempted: () => {},
      nodesFrom: () => {},
      healthFrom: () => {},
      queuesFrom: () => {},
      subscriptionOpened: () => () => {},
      scrape: async () => 'up 1\n',
    },
    async authenticate(authorization) {
      if (authorization === undefined) return { kind: 'anonymous' };
      if (authorization !== `Bearer ${TOKEN}`) throw new Fault('UNAUTHENTICATED', 'The token is not valid.');
      return { kind: 'user', subject: 'u1', username: 'ada', tenant: 'default', roles: [] };
    },
    sessions: {
      start: () => Promise.reject(new Fault('UNAUTHENTICATED', 'Nobody has an account.')),
      extendIfDue: async () => undefined,
      end: async () => {},
    },
    graphql: (req, res, info) => {
      res.setHeader('Content-Type', 'application/json');
      res.end(JSON.stringify({ url: req.url, address: info.address, traceId: info.traceId }));
    },
    mcp: async (_, res, { principal }) => void res.end(principal.username),
    upgrade: (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
    workflowSchema: WORKFLOW_SCHEMA,
    health: async () => ({ status: 'OK', version: '1.2.3', uptimeMs: 5, checks: [] }),
    async download(_, digest) {
      const artifact = kept.get(digest);
      if (artifact === undefined) throw new Fault('NOT_FOUND', 'There is no such artifact.');
      return {
        ...artifact,
        open: async (range) => {
          opened.now += 1;
          opened.ever += 1;
          const stream = createReadStream(join(folder, digest), range);
          stream.once('close', () => {
            opened.now -= 1;
          });
          return stream;
        },
      };
    },
    async webhook({ tenant, name, headers, body }) {
      if (headers.authorization !== `Bearer ${TOKEN}`) throw new Fault('UNAUTHENTICATED', 'There is no such webhook.');
      return { runId: `run of ${tenant}/${name} with ${body.length} bytes` };
    },
    async log(_, runId, step) {
      if (runId !== 'run_1') throw new Fault('NOT_FOUND', 'There is no such run.');
      return Readable.from([`of ${step ?? 'all'}\n`, 'end\n']);
    },
    async upload(_, { name, mediaType, content }) {
      const path = join(folder, `upload-${uploads++}`);
      try {
        await pipeline(content, createWriteStream(path));
        const digest = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        await rename(path, join(folder, digest));
        const { size } = await stat(join(folder, digest));
        const record = { id: `art_${kept.size}`, digest, name, mediaType, size, runId: 'run_1', createdAt: new Date() };
        kept.set(digest, record);
        return record;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    ...others,
  };
  const http = createHttpServer(deps, limits);
  const { port } = await http.listen();
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await http.close(0);
    await rm(folder, { recursive: true, force: true });
  };
  const upload = async (body: BodyInit, name = 'a.bin', type = 'application/octet-stream') => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type };
    const query = new URLSearchParams({ name });
    const response = await fetch(`${url}/artifacts?${query}`, {
      method: 'POST',
      headers,
      body,
      ...({ duplex: 'half' } as object),
    });
    return { status: response.status, location: response.headers.get('location'), body: await response.json() };
  };
  return { http, url, port, stop, upload, logs, requests, opened, kept, files: () => readdir(folder) };
}

export type TestHttpServer = Awaited<ReturnType<typeof startHttpServer>>;

/** A bare connection, for what no HTTP client would send. */
export function connectRaw(
  port: number,
  text = '',
): { socket: Socket; received: () => string; closed: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  if (text !== '') socket.write(text);
  return { socket, received: () => received, closed };
}

/** Waits until something holds, because it happens soon but not at once. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The response to a request with headers that fetch would not send. */
export function requestWithHeaders(url: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    request(url, { method, headers, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    })
      .on('error', reject)
      .end();
  });
}
