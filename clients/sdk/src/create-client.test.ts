import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, createClient } from './create-client.ts';
import { type ConvertToJsonMutation, ViewerDocument } from './generated/graphql.ts';
import { SignalboxError, unwrap } from './transport/signalbox-error.ts';

interface Request {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server that responds as the test says, and a client of it. */
async function answering(
  answer: (request: Request, res: ServerResponse) => void,
  options: Partial<ClientOptions> & { path?: string } = {},
) {
  const requests: Request[] = [];
  const server = createServer(async (req: IncomingMessage, res) => {
    const { authorization, 'content-type': type } = req.headers;
    const request = { url: req.url, authorization, type, body: await text(req) };
    requests.push(request);
    answer(request, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { path = '', ...rest } = options;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const client = createClient({ url, ...rest } as ClientOptions);
  cleanups.push(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, requests };
}

const json = (res: ServerResponse, status: number, body: unknown) =>
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const viewer = { data: { viewer: null } };

describe('a request', () => {
  it('goes to graphql below the URL of the server, also below a path of a proxy', async () => {
    const { client, requests } = await answering((_, res) => json(res, 200, viewer), {
      path: '/signalbox?x=1',
      token: 't',
    });
    expect(await client.request(ViewerDocument)).toEqual({ viewer: null });
    expect(requests[0]).toMatchObject({
      url: '/signalbox/graphql',
      authorization: 'Bearer t',
      type: 'application/json',
    });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ query: ViewerDocument.toString(), variables: {} });
  });

  it('throws the first error with its code, all errors, and what did not fail', async () => {
    const errors = [
      { message: 'No such file.', path: ['resources', 1], extensions: { code: 'NOT_FOUND' } },
      { message: 'Later.', extensions: { code: 'THROTTLED' } },
    ];
    const { client } = await answering((_, res) => json(res, 200, { data: { resources: [1, null] }, errors }));
    await expect(client.request('{ resources }')).rejects.toMatchObject({
      name: 'SignalboxError',
      code: 'NOT_FOUND',
      message: 'No such file.',
      errors,
      data: { resources: [1, null] },
    });
  });

  it('keeps how long the server asks to wait', async () => {
    const errors = [{ message: 'Slower.', extensions: { code: 'THROTTLED', retryAfterMs: 250 } }];
    const { client } = await answering((_, res) => json(res, 429, { errors }));
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 250 });
  });

  it.each([
    [502, 'UNAVAILABLE'],
    [404, 'NOT_FOUND'],
    [200, 'INTERNAL'],
  ])('reports that HTTP %i with a foreign page does not come from Signalbox', async (status, code) => {
    const { client } = await answering((_, res) => res.writeHead(status, { 'retry-after': '2' }).end('<html>'));
    const error = await client.request(ViewerDocument).catch((error) => error);
    expect(error).toMatchObject({ code, retryAfterMs: 2000 });
    expect(error.message).toContain('/graphql');
  });

  it('is sent once more with another token when the server refuses the token, and only once', async () => {
    const refuse = (_: Request, res: ServerResponse) =>
      json(res, 401, { errors: [{ message: 'Expired.', extensions: { code: 'UNAUTHENTICATED' } }] });
    let count = 0;
    const getToken = (rejected?: string) => (rejected === undefined ? 'a' : `b${++count}`);
    const { client, requests } = await answering(
      (request, res) => (request.authorization === 'Bearer b1' ? json(res, 200, viewer) : refuse(request, res)),
      { getToken },
    );
    expect(await client.request(ViewerDocument)).toEqual({ viewer: null });
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(requests.map(({ authorization }) => authorization)).toEqual(
      ['a', 'b1', 'a', 'b2'].map((t) => `Bearer ${t}`),
    );
  });

  it('is not repeated if there is no other token', async () => {
    const { client, requests } = await answering((_, res) => json(res, 401, {}), { token: 'fixed' });
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(requests).toHaveLength(1);
  });

  it('fails with TIMEOUT when the response does not arrive in time', async () => {
    const silent = await answering(() => {}, { timeoutMs: 30 });
    await expect(silent.client.request(ViewerDocument)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const slow = await answering((_, res) => res.writeHead(200).write('{"data":'), { timeoutMs: 100 });
    await expect(slow.client.request(ViewerDocument)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('ends with the reason of the signal that aborts', async () => {
    const abort = new AbortController();
    const { client } = await answering(() => abort.abort(new Error('enough')));
    await expect(client.request(ViewerDocument, {}, { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('ends with CANCELLED when the client is closed, and so does every later one', async () => {
    const { client } = await answering(() => client.close());
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('fails with UNAVAILABLE when the response breaks off', async () => {
    const { client } = await answering((_, res) => res.writeHead(200).write('{"data":', () => res.destroy()));
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('fails with UNAVAILABLE when there is no server, and says why', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const client = createClient({ url: `http://127.0.0.1:${port}` });
    await expect(client.request(ViewerDocument)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `Cannot reach http://127.0.0.1:${port}: connection refused; check that the server is running and that the URL is right.`,
    });
  });

  it('fails with UNAVAILABLE when the server closes the connection', async () => {
    const { client } = await answering((_, res) => res.socket?.destroy());
    const error = await client.request(ViewerDocument).catch((error) => error);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

describe('signing in', () => {
  const session = { __typename: 'Session', token: 'new', expiresAt: '2030-01-01T00:00:00Z', principal: {} };

  it('sends no token, because an old one would be refused first, and keeps the new one', async () => {
    const { client, requests } = await answering(
      (_, res) => json(res, 200, { data: { signIn: session, viewer: null } }),
      {
        token: 'old',
      },
    );
    expect(await client.signIn('ada', 'secret')).toEqual(session);
    await client.request(ViewerDocument);
    expect(requests.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer new']);
  });

  it('leaves the token to an application with getToken', async () => {
    const { client, requests } = await answering(
      (_, res) => json(res, 200, { data: { signIn: session, viewer: null } }),
      {
        getToken: () => 'mine',
      },
    );
    await client.signIn('ada', 'secret');
    await client.request(ViewerDocument);
    expect(requests[1]?.authorization).toBe('Bearer mine');
  });

  it('throws the refusal', async () => {
    const refusal = { __typename: 'Refusal', code: 'THROTTLED', message: 'Wait.', retryAfterMs: 900, violations: [] };
    const { client } = await answering((_, res) => json(res, 200, { data: { signIn: refusal } }));
    await expect(client.signIn('ada', 'guess')).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 900 });
  });
});

describe('artifacts', () => {
  const stored = { id: 'art_1', digest: 'ab', name: 'a b.csv', mediaType: 'text/csv', size: 3, url: '/artifacts/ab' };

  it('are uploaded unchanged, and have a URI for commands', async () => {
    const { client, requests } = await answering((_, res) => json(res, 201, stored), { token: 't' });
    const uploaded = await client.upload(new Blob(['a,b'], { type: 'text/csv' }), { name: 'a b.csv' });
    expect(uploaded).toEqual({ ...stored, uri: 'artifact:sha256/ab' });
    expect(requests[0]).toMatchObject({ url: '/artifacts?name=a+b.csv', type: 'text/csv', body: 'a,b' });
  });

  it('are uploaded from a stream, which is not sent twice', async () => {
    const { client, requests } = await answering(
      (_, res) => json(res, 401, { error: { code: 'UNAUTHENTICATED', message: 'No.' } }),
      {
        getToken: (rejected) => (rejected ? 'b' : 'a'),
      },
    );
    const upload = client.upload(new Blob(['abc']).stream(), { name: 'a', mediaType: 'text/plain' });
    await expect(upload).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: 'No.' });
    expect(requests.map(({ body, type }) => [body, type])).toEqual([['abc', 'text/plain']]);
  });

  it('are downloaded as a response, in whole or in part', async () => {
    const { client, requests } = await answering((_, res) => res.writeHead(206).end('bc'));
    const response = await client.download('ab/../x', { range: 'bytes=1-2' });
    expect(await response.text()).toBe('bc');
    expect(requests[0]?.url).toBe('/artifacts/ab%2F..%2Fx');
  });

  it('are refused with the error of the server', async () => {
    const error = { code: 'NOT_FOUND', message: 'There is no such artifact.' };
    const { client } = await answering((_, res) => json(res, 404, { error }));
    await expect(client.download('ab')).rejects.toMatchObject(error);
  });
});

describe('unwrap', () => {
  type Result = ConvertToJsonMutation['convertToJson'];

  it('returns the result of a mutation that was carried out', () => {
    const result = { __typename: 'CommandOutcome', run: { id: 'run_1' }, resource: null } as Result;
    expect(unwrap(result).run.id).toBe('run_1');
  });

  it('throws a refusal with the decision of the policy', () => {
    const refusal = { __typename: 'Refusal', code: 'FORBIDDEN', message: 'Not you.', decision: { reason: 'r' } };
    const thrown = () => unwrap(refusal as Result);
    expect(thrown).toThrow(SignalboxError);
    expect(thrown).toThrow(expect.objectContaining({ code: 'FORBIDDEN', message: 'Not you.', refusal }));
  });

  it('throws a refusal of which only the type was selected', () => {
    expect(() => unwrap({ __typename: 'Refusal' })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
