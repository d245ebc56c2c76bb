import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestSession, type TestSessionOptions } from '../../test/support/agents/agent-session.ts';
import { validateOptions } from '../commands/definition/validate-options.ts';
import type { JsonObject } from '../lib/json.ts';
import { canonicalUri } from '../resources/canonical-uri.ts';
import { createOutgoing, type Outgoing } from '../resources/outgoing/outgoing.ts';
import { RawOutput } from './define-step-kind.ts';
import { http } from './http.ts';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let outgoing: Outgoing;
let origin: string;
let elsewhere: string;
let received: Received[];
let handler: RequestListener;
const servers = [0, 1].map(() =>
  createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body: (await buffer(request)).toString() });
    handler(request, response);
  }),
);

beforeAll(async () => {
  const hosts: string[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    hosts.push(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  [origin, elsewhere] = hosts.map((host) => `http://${host}`) as [string, string];
  outgoing = createOutgoing({ version: 'test', allowedPrivateHosts: hosts, headerTimeoutMs: 5_000 });
});
beforeEach(() => {
  received = [];
  handler = answer({ ok: true });
});
afterAll(async () => {
  await outgoing.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const answer =
  (body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Runs the step as the engine does, after the input was checked. */
async function send(input: JsonObject, options: TestSessionOptions = {}) {
  const kind = http({ outgoing, canonicalize: canonicalUri });
  const session = createTestSession(options);
  const checked = validateOptions({ name: 'http', options: kind.input } as never, { url: origin, ...input });
  const output = await kind.run(checked as never, session);
  return { session, output: output instanceof RawOutput ? output.result : output };
}

const fault = (code: string, message = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

describe('a request', () => {
  it.each([
    ['json', { json: { a: [1] } }, 'application/json', '{"a":[1]}'],
    ['a form', { form: { a: 'x y', b: [1, true] } }, 'application/x-www-form-urlencoded', 'a=x+y&b=1&b=true'],
  ])('sends %s', async (_, body, type, text) => {
    await send({ method: 'POST', ...body });
    expect(received).toMatchObject([{ method: 'POST', headers: { 'content-type': type }, body: text }]);
  });

  it('sends a resource with its media type, which the policy lets the step read', async () => {
    const bytes = new Uint8Array([0, 255, 65]);
    const read = async () =>
      ({
        mediaType: 'image/png',
        stream: async function* () {
          yield bytes;
        },
      }) as never;
    await send({ method: 'PUT', body: { uri: 'artifact:x' } }, { read });
    expect(received).toMatchObject([
      { method: 'PUT', headers: { 'content-type': 'image/png', 'content-length': '3' } },
    ]);
  });

  it('adds its parameters to the query of the URL, about which the policy is asked', async () => {
    const kind = http({ outgoing, canonicalize: canonicalUri });
    const input = { url: `${origin}/x?a=1`, query: { b: 'ö&', c: [1, 2] } };
    expect(kind.accessedUris?.(input).map(({ href }) => href)).toEqual([`${origin}/x?a=1&b=%C3%B6%26&c=1&c=2`]);
    await send(input);
    expect(received[0]?.url).toBe('/x?a=1&b=%C3%B6%26&c=1&c=2');
  });

  it('has a URL, or a fault that says why not, also before it is checked', () => {
    const { accessedUris } = http({ outgoing, canonicalize: canonicalUri });
    expect(accessedUris?.({ url: origin, query: null } as never)).toMatchObject([{ href: `${origin}/` }]);
    expect(() => accessedUris?.({} as never)).toThrow(fault('BAD_INPUT'));
  });

  it('acts outside unless its method only reads', () => {
    const { effectOf } = http({ outgoing, canonicalize: canonicalUri });
    const effects = ['GET', 'HEAD', 'POST', 'DELETE', '{{ method }}'].map((method) => effectOf?.({ method }));
    expect([effectOf?.({}), ...effects]).toEqual(['pure', 'pure', 'pure', 'external', 'external', 'external']);
  });

  it('has the same Idempotency-Key in each attempt, and another one for another body', async () => {
    for (const json of [1, 1, 2]) await send({ method: 'POST', json });
    await send({});
    await send({ method: 'POST', headers: { 'Idempotency-Key': 'mine' } });
    const [first, again, other, get, own] = received.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect([again, get, own]).toEqual([first, undefined, 'mine']);
    expect(other).not.toBe(first);
  });

  it.each([
    [{ json: 1 }, /GET has no body/],
    [{ method: 'POST', json: 1, form: {} }, /one body/],
    [{ method: 'POST', pages: {} }, /Only GET/],
    [{ headers: { Host: 'other' } }, /host is set by Signalbox/i],
    [{ auth: { bearer: 'A', basic: { username: 'u', password: 'P' } } }, /auth/],
    [{ url: 'file:///etc/passwd' }, /http or https/],
  ])('that cannot be sent is BAD_INPUT: %j', async (input, message) => {
    await expect(send(input, { secrets: { A: 'a', P: 'p' } })).rejects.toEqual(fault('BAD_INPUT', message));
    expect(received).toEqual([]);
  });
});

describe('credentials', () => {
  const secrets = { TOKEN: 'tok-123456', PASSWORD: 'pass-123456' };

  it('are secrets by name, which the policy lets go to that URL', async () => {
    const { session } = await send(
      { auth: { bearer: 'TOKEN' }, headers: { 'X-Key': 'k secret:PASSWORD' } },
      { secrets },
    );
    await send({ auth: { basic: { username: 'ada', password: 'PASSWORD' } } }, { secrets });
    expect(received).toMatchObject([
      { headers: { authorization: 'Bearer tok-123456', 'x-key': 'k pass-123456' } },
      { headers: { authorization: `Basic ${Buffer.from('ada:pass-123456').toString('base64')}` } },
    ]);
    expect(session.authorized).toEqual([`secret:PASSWORD ${origin}/`, `secret:TOKEN ${origin}/`]);
  });

  it('do not follow a redirect to another origin, and the policy is asked about each', async () => {
    handler = (request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/here' }).end();
      else if (request.url === '/here') response.writeHead(307, { location: `${elsewhere}/there` }).end();
      else answer('done')(request, response);
    };
    const headers = { 'X-Key': 'secret:PASSWORD', 'X-Plain': 'plain', Cookie: 'a=b' };
    const { session, output } = await send({ auth: { bearer: 'TOKEN' }, headers }, { secrets });
    expect(output).toMatchObject({ content: '"done"' });
    expect(
      received.map((one) => [one.url, one.headers.authorization, one.headers['x-key'], one.headers['x-plain']]),
    ).toEqual([
      ['/', 'Bearer tok-123456', 'pass-123456', 'plain'],
      ['/here', 'Bearer tok-123456', 'pass-123456', 'plain'],
      ['/there', undefined, undefined, 'plain'],
    ]);
    expect(received[2]?.headers.cookie).toBeUndefined();
    expect(session.authorized.slice(2)).toEqual([`step:http ${origin}/here`, `step:http ${elsewhere}/there`]);
  });

  it('are not in the message of a service that repeats them', async () => {
    handler = (request, response) => response.writeHead(400).end(`Bad ${request.headers['x-key']}`);
    await expect(send({ headers: { 'X-Key': 'secret:TOKEN' } }, { secrets })).rejects.toEqual(
      fault('BAD_INPUT', /It says: Bad \[secret\]$/),
    );
  });
});

describe('a response', () => {
  it('is its body: JSON with the digits of its numbers, or bytes with their media type', async () => {
    handler = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/hal+json' }).end('\ufeff{"n":12345678901234567890}');
    expect((await send({})).output).toEqual({
      mediaType: 'application/hal+json',
      content: '{"n":12345678901234567890}',
    });
    handler = (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([1, 2]));
    expect((await send({})).output).toEqual({ mediaType: 'image/png', content: Buffer.from([1, 2]) });
    handler = (_, response) => response.writeHead(204).end();
    expect((await send({ method: 'DELETE' })).output).toBeNull();
  });

  it('is status, headers and body when all is asked for; what is not JSON is an artifact, and cookies are left out', async () => {
    handler = answer({ id: 7 }, 201, { location: '/items/7', 'set-cookie': 'session=x' });
    const { output } = await send({ method: 'POST', response: 'full' });
    expect(output).toMatchObject({ status: 201, headers: { location: '/items/7' }, body: { id: 7 } });
    expect(output).not.toHaveProperty('headers.set-cookie');
    handler = (_, response) => response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b');
    expect((await send({ response: 'full' })).output).toMatchObject({ body: { media_type: 'text/csv', size: 3 } });
  });

  it('that is not JSON although it says so is BAD_INPUT', async () => {
    handler = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{');
    await expect(send({})).rejects.toEqual(fault('BAD_INPUT', /not JSON/));
  });

  it.each([
    [429, { 'retry-after': '7' }, 'THROTTLED', 7_000],
    [503, {}, 'UNAVAILABLE', undefined],
    [500, { 'retry-after': '1' }, 'UNAVAILABLE', 1_000],
    [404, {}, 'NOT_FOUND', undefined],
  ])('with status %i is a failure that says when to try again', async (status, headers, code, retryAfterMs) => {
    handler = answer({}, status, headers);
    await expect(send({ method: 'POST' })).rejects.toMatchObject({ code, retryAfterMs });
  });

  it('of more than 16 MiB is RESOURCE_TOO_LARGE, and the connection ends', async () => {
    handler = (_, response) => {
      const flood = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.writeHead(200).on('drain', flood);
      flood();
    };
    await expect(send({})).rejects.toEqual(fault('RESOURCE_TOO_LARGE', /16777216 bytes/));
  });

  it('that redirects an unsafe method is not followed', async () => {
    handler = (_, response) => response.writeHead(307, { location: '/other' }).end();
    await expect(send({ method: 'POST' })).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /not for POST/));
    expect(received).toHaveLength(1);
  });
});

describe('pages', () => {
  const page = (request: IncomingMessage) => Number(new URL(request.url ?? '', origin).searchParams.get('page') ?? 0);

  it('are followed by Link, and the policy is asked about each', async () => {
    handler = (request, response) => {
      const n = page(request);
      const link = n < 2 ? { link: `<${origin}/?page=0>; rel="first", </?page=${n + 1}>; rel="x next"` } : {};
      answer([n], 200, link as Record<string, string>)(request, response);
    };
    const { output, session } = await send({ pages: {} });
    expect(output).toEqual([0, 1, 2]);
    expect(session.authorized).toEqual([`step:http ${origin}/?page=1`, `step:http ${origin}/?page=2`]);
  });

  it('are followed by a cursor for a parameter, with the other parameters kept', async () => {
    handler = (request, response) => {
      const n = page(request);
      answer({ data: { list: [n] }, meta: { next: n < 2 ? n + 1 : null } })(request, response);
    };
    const pages = { cursor: '$.meta.next', parameter: 'page', items: 'data.list' };
    expect((await send({ query: { size: 1 }, pages })).output).toEqual([0, 1, 2]);
    expect(received.map(({ url }) => url)).toEqual(['/?size=1', '/?size=1&page=1', '/?size=1&page=2']);
  });

  it('are followed by a URL in the page', async () => {
    handler = (request, response) => {
      answer({ items: [page(request)], ...(page(request) === 0 && { next: '?page=1' }) })(request, response);
    };
    expect((await send({ pages: { cursor: 'next', items: 'items' } })).output).toEqual([0, 1]);
  });

  it('end with an error when there are too many, when they repeat, and when one has no list', async () => {
    handler = (request, response) =>
      answer([1], 200, { link: `</?page=${page(request) + 1}>; rel=next` })(request, response);
    await expect(send({ pages: { max: 3 } })).rejects.toEqual(fault('RESOURCE_TOO_LARGE', /more than 3 pages/));
    expect(received).toHaveLength(3);
    handler = answer([1], 200, { link: '</>; rel=next' });
    await expect(send({ pages: {} })).rejects.toEqual(fault('BAD_INPUT', /earlier page/));
    handler = answer({ data: [] });
    await expect(send({ pages: {} })).rejects.toEqual(fault('BAD_INPUT', /no list at \$/));
  });

  it('do not take a step to where the policy does not let it go', async () => {
    handler = answer([1], 200, { link: `<${elsewhere}/>; rel=next` });
    await expect(send({ pages: {} }, { forbidden: ['step:http'] })).rejects.toEqual(fault('FORBIDDEN'));
    expect(received).toHaveLength(1);
  });
});
