import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HealthProbe, startHealthProbe } from '../support/health-probe.ts';
import { outcomeOf } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { until } from '../support/until.ts';
import { startWebServer } from '../support/web-server.ts';

/** Processor time within which a hostile request is refused. */
const MAX_MAIN_THREAD_MS = 3_000;

let server: Server;
/** A token that the policy lets do everything. */
let admin: string;
let probe: HealthProbe;

beforeAll(async () => {
  server = await startServer({ env: { COMMAND_TIMEOUT_MS: '4000' } });
  admin = await tokenFor('admin', { roles: ['admin'] });
  probe = startHealthProbe(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
});

describe('a hostile request', () => {
  const post = async (body: string, headers: Record<string, string> = {}, path = '/graphql') => {
    const response = await server.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      token: admin,
    });
    const text = await response.text();
    const answer = JSON.parse(text);
    return { status: response.status, code: answer.errors?.[0].extensions.code ?? answer.error?.code, text };
  };
  const ask = (query: string, variables?: unknown) => post(JSON.stringify({ query, variables }));
  const many = (count: number, of: (i: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ');
  const nested = (depth: number, open: string, close: string, inside = '') =>
    open.repeat(depth) + inside + close.repeat(depth);

  it.each([
    ['10,000 aliases', () => `{ ${many(10_000, (i) => `a${i}: health { status }`)} }`],
    [
      '1,000 aliases of an expensive field',
      () => `{ ${many(1_000, (i) => `a${i}: runs(first: 100) { totalCount }`)} }`,
    ],
    ['10,000 fields of one name', () => `{ ${many(10_000, () => 'health { status }')} }`],
    ['10,000 directives', () => `{ health ${many(10_000, () => '@include(if: true)')} { status } }`],
    ['10,000 levels', () => nested(10_000, '{ run(id: "x") ', '}', '{ id }')],
    ['20 levels', () => nested(20, '{ run(id: "x") { steps ', '} }', '{ id }')],
    ['10,000 lists in each other', () => `{ runs(filter: { label: ${nested(10_000, '[', ']')} }) { totalCount } }`],
    [
      'exponential fragments',
      () =>
        `{ ...f0 } ${many(40, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f40 on Query { runs(first: 100) { nodes { id } } }`,
    ],
    ['10,000 operations', () => many(10_000, (i) => `query q${i} { health { status } }`)],
    [
      'nested pages',
      () =>
        '{ runs(first: 100) { nodes { events(first: 100) { events { seq } } artifacts(first: 100) { nodes { run { artifacts(first: 100) { nodes { id } } } } } } } }',
    ],
  ])('with a document of %s is refused', async (_, document) => {
    const before = await server.mainThreadMs();
    const { status, code, text } = await ask(document());
    expect([status, code]).toEqual([400, 'TOO_COSTLY']);
    expect(text.length).toBeLessThan(2_000);
    expect((await server.mainThreadMs()) - before).toBeLessThan(MAX_MAIN_THREAD_MS);
  });

  it('with a fragment that contains itself is refused', async () => {
    expect(await ask('{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }')).toMatchObject({
      status: 422,
      code: 'BAD_INPUT',
    });
  });

  it.each([
    [
      'of 2 MB',
      () => post(JSON.stringify({ query: '{ health { status } }', variables: { x: 'x'.repeat(2_000_000) } })),
      413,
      'RESOURCE_TOO_LARGE',
    ],
    ['that is not JSON', () => post('{"query": '), 400, 'BAD_INPUT'],
    ['that is not an object', () => post('"{ health }"'), 422, 'BAD_INPUT'],
    ['that is empty', () => post(''), 400, 'BAD_INPUT'],
    [
      'that is a list of operations',
      () => post('[{"query":"{ health { status } }"},{"query":"{ health { status } }"}]'),
      422,
      'BAD_INPUT',
    ],
    ['without a query', () => post('{"variables":{}}'), 422, 'BAD_INPUT'],
    ['whose query is not a string', () => post('{"query":{"a":1}}'), 422, 'BAD_INPUT'],
    [
      'whose variables are not an object',
      () => post('{"query":"{ health { status } }","variables":[1]}'),
      422,
      'BAD_INPUT',
    ],
    [
      'nested 100,000 deep',
      () =>
        post(
          `{"query":"query ($x: JSON) { runs(filter: { label: $x }) { totalCount } }","variables":{"x":${nested(100_000, '[', ']')}}}`,
        ),
      422,
      'BAD_INPUT',
    ],
    ['with a syntax error', () => ask('{ health '), 400, 'BAD_INPUT'],
    ['with an unknown field', () => ask('{ helth { status } }'), 422, 'BAD_INPUT'],
    [
      'as a form',
      () => post('query={health{status}}', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'BAD_INPUT',
    ],
    ['as text', () => post('{"query":"{ health { status } }"}', { 'content-type': 'text/plain' }), 415, 'BAD_INPUT'],
    [
      'as application/graphql',
      () => post('{ health { status } }', { 'content-type': 'application/graphql' }),
      415,
      'BAD_INPUT',
    ],
    [
      'as multipart',
      () => post('--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
      415,
      'BAD_INPUT',
    ],
    ['with a content encoding', () => post('{}', { 'content-encoding': 'gzip' }), 415, 'BAD_INPUT'],
    ['to an unknown path', () => post('{}', {}, '/graphql/../etc'), 404, 'NOT_FOUND'],
  ])('with a body %s is refused', async (_, send, status, code) => {
    expect(await send()).toMatchObject({ status, code });
  });

  it('with the host name of another site is refused, as a browser sends it after DNS rebinding', async () => {
    expect(await statusFor('evil.example')).toBe(403);
    expect(await statusFor('localhost')).toBe(200);
  });

  it('with a mutation in a GET is refused', async () => {
    const mutation = encodeURIComponent(
      'mutation { signIn(input: { username: "bob", password: "bob" }) { __typename } }',
    );
    const simple = await server.fetch(`/graphql?query=${mutation}`);
    expect([simple.status, await simple.text()]).toEqual([400, expect.stringContaining('BAD_INPUT')]);
    const preflighted = await server.fetch(`/graphql?query=${mutation}`, {
      headers: { 'graphql-require-preflight': '1' },
    });
    expect([preflighted.status, await preflighted.text()]).toEqual([405, expect.not.stringContaining('Session')]);
  });

  it('with a forged, unsigned or expired token is refused', async () => {
    const [head, body] = admin.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const old = await tokenFor('alice', { roles: ['admin'], expiresIn: '-1m' });
    for (const token of [`${head}.${body}.AAAA`, `${none}.${body}.`, old, 'x'.repeat(10_000)]) {
      const { status, errors } = await server.query('{ runs { totalCount } }', {}, token);
      expect([status, errors?.[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });
});

/** The status of a request with that Host header. */
function statusFor(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path: '/health', headers: { host } }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('more callers than the server has capacity for', () => {
  it('are told to retry, while accepted requests are served', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using slow = await startWebServer((_, res) => void released.then(() => res.end('late')));
    const env = { ALLOWED_PRIVATE_HOSTS: slow.host, MAX_RUNNING: '2', MAX_QUEUED: '3' };
    await using small = await startServer({ env });
    const fetch = `mutation { fetch(input: { source: { uri: "${slow.url}" } }) {
      ... on CommandOutcome { run { state } } ... on Refusal { code retryAfterMs }
    } }`;
    const counts = { state: 0, code: 0 };
    const requests = Array.from({ length: 10 }, async () => {
      const { state, code, ...rest } = await small
        .query(fetch, {}, admin)
        .then(({ data }) => ({ ...data.fetch, ...data.fetch.run }));
      if (state) counts.state += 1;
      else counts.code += 1;
      expect(state ?? code).toMatch(/SUCCEEDED|UNAVAILABLE/);
      if (code) expect(rest.retryAfterMs).toBeGreaterThan(0);
    });
    // Of two slots one caller gets one, and of three places in the queue two.
    await until('the others are refused', () => counts.code === 7);
    expect(slow.hits.length).toBeLessThanOrEqual(1);
    const other = await tokenFor('analyst', { roles: ['analyst'] });
    const source = { text: { text: 'a,b\n1,x\n', mediaType: 'text/csv' } };
    expect(await outcomeOf(small, other, 'convertToJson', { source })).toBe('done');
    expect((await small.fetch('/health')).status).toBe(200);
    release();
    await Promise.all(requests);
    expect(counts).toEqual({ state: 3, code: 7 });
  });

  it('with endless templates do not keep others from running', async () => {
    const template = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}';
    const endless = Promise.all(
      Array.from({ length: 12 }, () => outcomeOf(server, admin, 'render', { options: { template, data: [] } })),
    );
    let served = 0;
    let over = false;
    void endless.finally(() => {
      over = true;
    });
    while (!over) {
      const text = `a,b\n${served},x\n`;
      const source = { text: { text, mediaType: 'text/csv' } };
      expect(await outcomeOf(server, admin, 'convertToJson', { source })).toBe('done');
      served += 1;
    }
    expect(served).toBeGreaterThan(5);
    for (const code of await endless) expect(code).toMatch(/BAD_INPUT|TIMEOUT|UNAVAILABLE/);
  });
});

it('the server stays responsive throughout', async () => {
  await probe.expectResponsive();
});
