import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

interface FakeRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  /** The variables of the operation. */
  readonly variables: Readonly<Record<string, unknown>>;
}

type Answer = (response: ServerResponse, request: FakeRequest) => unknown;

/** A fake of a Signalbox server, or of a proxy before it. The answers are given in turn; the last is given again. */
export const startFakeServer = (...answers: readonly Answer[]) => startFake(createServer(), 'http', answers);

/** The same with TLS. */
export function startFakeTlsServer(
  files: { readonly cert: string; readonly key: string },
  ...answers: readonly Answer[]
) {
  const options = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  return startFake(createTlsServer(options), 'https', answers);
}

async function startFake(server: Server, scheme: string, answers: readonly Answer[]) {
  const requests: FakeRequest[] = [];
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const fake = await readRequest(request);
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(fake);
    await answer?.(response, fake);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<FakeRequest> {
  const body = Buffer.concat(await Array.fromAsync(request)).toString();
  const variables = body.startsWith('{') ? JSON.parse(body).variables : {};
  return { path: request.url ?? '', authorization: request.headers.authorization, variables };
}

/** Sends bytes now and then, until the client leaves. */
export function trickle(response: ServerResponse, bytes: string, everyMs: number): void {
  const timer = setInterval(() => response.write(bytes), everyMs);
  response.on('close', () => clearInterval(timer));
}

/** Begins a stream of events. */
export function openStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

/** An event of a subscription, as the server sends it. */
export const next = (data: unknown) => `event: next\ndata: ${JSON.stringify({ data })}\n\n`;

/** A batch of `runEvents` with one line of a log, whose cursor is that of the batch. */
export const logBatch = (cursor: string) =>
  next({
    runEvents: {
      cursor,
      caughtUp: false,
      events: [{ __typename: 'LogLine', cursor, type: 'LOG', step: 'a', level: 'INFO', text: cursor }],
    },
  });
export const COMPLETE = 'event: complete\ndata:\n\n';
