import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf as verdictOf } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { listFiles } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const MIB = 2 ** 20;
const TIMEOUT_MS = 4_000;
/** For whatever is refused by a limit of time, on a machine that has other things to do. */
const SOON_MS = TIMEOUT_MS + 4_000;
const HEALTH_MS = 3_000;

let server: Server;
/** May be reached. */
let web: WebServer;
/** Is on a private address that nobody allowed. */
let canary: WebServer;
/** Of somebody whom the policy lets do everything. */
let admin: string;
/** 200 MiB of nothing. */
let bomb: Buffer;
let probe: { stop(): Promise<readonly number[]> };

async function verdict(command: string, source: object | undefined, options: object = {}, more: object = {}) {
  return verdictOf(server, admin, command, { options, ...more, ...(source && { source }) });
}

/** Asks for the health all the time; gives how long each answer took. */
function probeHealth() {
  const times: number[] = [];
  let stopped = false;
  const probing = (async () => {
    while (!stopped) {
      const began = performance.now();
      const { status } = await server.fetch('/health');
      if (status !== 200) throw new Error(`health says ${status}`);
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await probing;
      return times;
    },
  };
}

beforeAll(async () => {
  bomb = gzipSync(Buffer.alloc(200 * MIB), { level: 1 });
  canary = await startWebServer((_, res) => res.end('secret'));
  web = await startWebServer((req, res) => {
    const [, kind = '', to = ''] = /^\/([^?]*)(?:\?(.*))?$/.exec(req.url ?? '') ?? [];
    if (kind === 'to') res.writeHead(302, { location: decodeURIComponent(to) }).end();
    else if (kind === 'round') res.writeHead(302, { location: '/round' }).end();
    else if (kind === 'silent') return;
    else if (kind === 'drip') {
      const timer = setInterval(() => res.write('x'), 50);
      res.on('close', () => clearInterval(timer));
    } else if (kind === 'endless' || kind === 'huge') {
      if (kind === 'huge') res.setHeader('content-length', String(10 * 2 ** 30));
      pour(res, Buffer.alloc(256 * 1024, 'x'));
    } else if (kind === 'bomb') {
      res.setHeader('content-encoding', 'gzip');
      res.end(bomb);
    } else if (kind === 'chain') {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ $ref: `/chain?${Number(to) + 1}` }));
    } else res.end('public');
  });
  server = await startServer({
    env: {
      ALLOWED_PRIVATE_HOSTS: `${web.host},localhost:${web.port}`,
      COMMAND_TIMEOUT_MS: String(TIMEOUT_MS),
    },
  });
  admin = await tokenFor('admin', { roles: ['admin'] });
  probe = probeHealth();
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await canary?.close();
});

/** Writes until the reader goes away. */
function pour(res: import('node:http').ServerResponse, chunk: Buffer) {
  const more = () => {
    while (!res.destroyed && res.write(chunk));
  };
  res.on('drain', more);
  more();
}

describe('a web server that means harm', () => {
  it.each([
    ['another port of this machine', () => canary.url],
    ['this machine by name', () => `http://localhost:${canary.port}/`],
    ['an IPv4 address in IPv6', () => `http://[::ffff:7f00:1]:${canary.port}/`],
    ['an IPv4 address as a number', () => `http://2130706433:${canary.port}/`],
    ['the metadata of a cloud', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a private network', () => 'http://10.0.0.1/'],
    ['the unspecified address', () => `http://0.0.0.0:${canary.port}/`],
  ])('cannot lead to %s', async (_, target) => {
    for (const uri of [target(), `${web.url}/to?${encodeURIComponent(target())}`]) {
      expect(await verdict('fetch', { uri })).toBe('FORBIDDEN');
    }
    expect(canary.hits).toEqual([]);
  });

  it('cannot lead around in a circle, out of the web, or with credentials', async () => {
    const to = (uri: string) => ({ uri: `${web.url}/to?${encodeURIComponent(uri)}` });
    expect(await verdict('fetch', { uri: `${web.url}/round` })).toBe('RESOURCE_UNREACHABLE');
    expect(await verdict('fetch', to('file:///data/secret.txt'))).toBe('RESOURCE_UNREACHABLE');
    expect(await verdict('fetch', to('data:,x'))).toBe('RESOURCE_UNREACHABLE');
    expect(await verdict('fetch', to(`http://me:pass@${web.host}/public/`))).toBe('BAD_INPUT');
  });

  it.each(['huge', 'endless', 'bomb'])('cannot fill memory or disk (%s)', async (kind) => {
    const uri = `${web.url}/${kind}`;
    const before = await server.memory();
    const codes = await Promise.all([1, 2, 3].map(() => verdict('fetch', { uri })));
    expect(codes).toEqual(Array(3).fill('RESOURCE_TOO_LARGE'));
    expect((await server.memory('peak')) - before).toBeLessThan(250 * MIB);
    expect(await listFiles(join(server.dataDir, 'artifacts/scratch'))).toEqual([]);
  });

  it.each(['silent', 'drip'])('cannot hold a run for ever (%s)', async (kind) => {
    const began = performance.now();
    expect(await verdict('fetch', { uri: `${web.url}/${kind}` })).toBe('TIMEOUT');
    expect(performance.now() - began).toBeLessThan(SOON_MS);
  });
});

describe('data that mean harm', () => {
  const xml = (text: string) => ({ text: { text, mediaType: 'application/xml' } });
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');

  it.each([
    ['a billion laughs', () => `<!DOCTYPE a [<!ENTITY l0 "lol">${entities}]><a>&l9;</a>`],
    ['a quadratic blow-up', () => `<!DOCTYPE a [<!ENTITY b "${'b'.repeat(50_000)}">]><a>${'&b;'.repeat(10_000)}</a>`],
    ['an entity that is a file', () => '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'],
    ['an entity on the web', () => `<!DOCTYPE a [<!ENTITY % p SYSTEM "${canary.url}/dtd">%p;]><a/>`],
    ['100,000 elements inside each other', () => '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
  ])('XML with %s is refused', async (_, text) => {
    expect(await verdict('convertToJson', xml(text()))).toBe('BAD_INPUT');
    expect(canary.hits).toEqual([]);
  });

  it('JSON nested 100,000 deep is refused', async () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const command of ['convertToJson', 'convertToXml', 'convertToCsv']) {
      expect(await verdict(command, { text: { text, mediaType: 'application/json' } })).toBe('BAD_INPUT');
    }
  });
});

describe('a schema that means harm', () => {
  const text = JSON.stringify(`${'a'.repeat(50_000)}!`);
  const source = { text: { text, mediaType: 'application/json' } };
  const check = (schema: unknown) =>
    verdict('fetch', source, {}, { schemaUri: `data:application/json,${encodeURIComponent(JSON.stringify(schema))}` });

  it.each([
    ['a catastrophic pattern', { pattern: '^(a+)+$' }, 'SCHEMA_VIOLATION'],
    ['another catastrophic pattern', { pattern: '^(a|a?)+$' }, 'SCHEMA_VIOLATION'],
    ['a pattern that no linear engine can do', { pattern: '^(a+)\\1$' }, 'BAD_INPUT'],
    ['a reference to itself', { $ref: '#' }, 'BAD_INPUT'],
    ['a reference into private places', { $ref: 'http://169.254.169.254/schema.json' }, 'FORBIDDEN'],
    ['code in a name', { properties: { '"];process.exit();//': { type: '"+process.exit()+"' } } }, 'BAD_INPUT'],
  ])('by %s is stopped', async (_, schema, wanted) => {
    const began = performance.now();
    expect(await check(schema)).toBe(wanted);
    expect(performance.now() - began).toBeLessThan(SOON_MS);
  });

  it('by references that never end is stopped', async () => {
    expect(await check({ $ref: `${web.url}/chain?1` })).toBe('BAD_INPUT');
    expect(web.hits.filter((hit) => hit.includes('/chain')).length).toBeLessThan(40);
  });
});

describe('a template that means harm', () => {
  it.each([
    [
      'loops for ever',
      '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
      /BAD_INPUT|TIMEOUT/,
    ],
    ['calls itself', '{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}', /BAD_INPUT|TIMEOUT/],
    ['includes itself', '{% include "x" %}{% extends "x" %}', /BAD_INPUT/],
    [
      'makes gigabytes',
      '{% for i in range(100000) %}{{ data.x * 1000 }}{% endfor %}',
      /BAD_INPUT|RESOURCE_TOO_LARGE|TIMEOUT/,
    ],
    [
      'makes one long text',
      '{% set ns = namespace(s="x") %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}',
      /BAD_INPUT|RESOURCE_TOO_LARGE|TIMEOUT/,
    ],
    ['looks for the server', '{{ constructor.constructor("return process")().exit() }}', /BAD_INPUT/],
    ['is nested too deep', `${'{% if true %}'.repeat(10_000)}${'{% endif %}'.repeat(10_000)}`, /BAD_INPUT/],
  ])('that %s is stopped', async (_, template, wanted) => {
    const began = performance.now();
    const data = { text: { text: JSON.stringify({ x: 'x'.repeat(1_000) }), mediaType: 'application/json' } };
    expect(await verdict('render', data, { template })).toMatch(wanted);
    expect(performance.now() - began).toBeLessThan(SOON_MS);
  });
});

describe('a request that means harm', () => {
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
    ['1,000 aliases of what is dear', () => `{ ${many(1_000, (i) => `a${i}: runs(first: 100) { totalCount }`)} }`],
    ['10,000 fields of one name', () => `{ ${many(10_000, () => 'health { status }')} }`],
    ['10,000 directives', () => `{ health ${many(10_000, () => '@include(if: true)')} { status } }`],
    ['10,000 levels', () => nested(10_000, '{ run(id: "x") ', '}', '{ id }')],
    ['20 levels', () => nested(20, '{ run(id: "x") { steps ', '} }', '{ id }')],
    ['10,000 lists in each other', () => `{ runs(filter: { label: ${nested(10_000, '[', ']')} }) { totalCount } }`],
    [
      'fragments that double',
      () =>
        `{ ...f0 } ${many(40, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f40 on Query { runs(first: 100) { nodes { id } } }`,
    ],
    ['10,000 operations', () => many(10_000, (i) => `query q${i} { health { status } }`)],
    [
      'pages of pages of pages',
      () =>
        '{ runs(first: 100) { nodes { events(first: 100) { events { seq } } artifacts(first: 100) { nodes { run { artifacts(first: 100) { nodes { id } } } } } } } }',
    ],
  ])('by a document of %s is refused', async (_, document) => {
    const began = performance.now();
    const { status, code, text } = await ask(document());
    expect([status, code]).toEqual([400, 'TOO_COSTLY']);
    expect(text.length).toBeLessThan(2_000);
    expect(performance.now() - began).toBeLessThan(HEALTH_MS);
  });

  it('by a fragment that holds itself is refused', async () => {
    expect(await ask('{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }')).toMatchObject({
      status: 400,
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
    ['that is no JSON', () => post('{"query": '), 400, 'BAD_INPUT'],
    ['that is no object', () => post('"{ health }"'), 400, 'BAD_INPUT'],
    ['that is empty', () => post(''), 400, 'BAD_INPUT'],
    [
      'that is a list of operations',
      () => post('[{"query":"{ health { status } }"},{"query":"{ health { status } }"}]'),
      400,
      'BAD_INPUT',
    ],
    ['without a query', () => post('{"variables":{}}'), 400, 'BAD_INPUT'],
    ['with a query that is no text', () => post('{"query":{"a":1}}'), 400, 'BAD_INPUT'],
    [
      'with variables that are no object',
      () => post('{"query":"{ health { status } }","variables":[1]}'),
      400,
      'BAD_INPUT',
    ],
    [
      'nested 100,000 deep',
      () =>
        post(
          `{"query":"query ($x: JSON) { runs(filter: { label: $x }) { totalCount } }","variables":{"x":${nested(100_000, '[', ']')}}}`,
        ),
      400,
      'BAD_INPUT',
    ],
    ['with a syntax error', () => ask('{ health '), 400, 'BAD_INPUT'],
    ['for a field that is not there', () => ask('{ helth { status } }'), 400, 'BAD_INPUT'],
    [
      'as a form',
      () => post('query={health{status}}', { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      'BAD_INPUT',
    ],
    ['as text', () => post('{"query":"{ health { status } }"}', { 'content-type': 'text/plain' }), 400, 'BAD_INPUT'],
    [
      'as application/graphql',
      () => post('{ health { status } }', { 'content-type': 'application/graphql' }),
      400,
      'BAD_INPUT',
    ],
    [
      'as multipart',
      () => post('--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
      400,
      'BAD_INPUT',
    ],
    ['that says it is compressed', () => post('{}', { 'content-encoding': 'gzip' }), 400, 'BAD_INPUT'],
    ['to a place that is not there', () => post('{}', {}, '/graphql/../etc'), 404, 'NOT_FOUND'],
  ])('by a body %s is refused', async (_, send, status, code) => {
    expect(await send()).toMatchObject({ status, code });
  });

  it('under the name of another site is refused, as a browser would send it whose name was rebound', async () => {
    expect(await statusFor('evil.example')).toBe(403);
    expect(await statusFor('localhost')).toBe(200);
  });

  it('by a mutation in a GET is refused', async () => {
    const mutation = encodeURIComponent(
      'mutation { signIn(input: { username: "bob", password: "bob" }) { __typename } }',
    );
    const simple = await server.fetch(`/graphql?query=${mutation}`);
    expect([simple.status, await simple.text()]).toEqual([400, expect.stringContaining('BAD_INPUT')]);
    const asked = await server.fetch(`/graphql?query=${mutation}`, { headers: { 'graphql-require-preflight': '1' } });
    expect([asked.status, await asked.text()]).toEqual([405, expect.not.stringContaining('Session')]);
  });

  it('by a token that is forged, unsigned or old is refused', async () => {
    const [head, body] = admin.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const old = await tokenFor('alice', { roles: ['admin'], expiresIn: '-1m' });
    for (const token of [`${head}.${body}.AAAA`, `${none}.${body}.`, old, 'x'.repeat(10_000)]) {
      const { status, errors } = await server.query('{ runs { totalCount } }', {}, token);
      expect([status, errors?.[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });
});

/** The status that the server gives to who calls it by that name. */
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

describe('more callers than there are places', () => {
  it('are told to come back, while those who have one are served', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using slow = await startWebServer((_, res) => void released.then(() => res.end('late')));
    const env = { ALLOWED_PRIVATE_HOSTS: slow.host, MAX_RUNNING: '2', MAX_QUEUED: '3' };
    await using small = await startServer({ env });
    const fetch = `mutation { fetch(input: { source: { uri: "${slow.url}" } }) {
      ... on CommandOutcome { run { state } } ... on Refusal { code retryAfterMs }
    } }`;
    const counts = { state: 0, code: 0 };
    const asked = Array.from({ length: 10 }, async () => {
      const { state, code, ...rest } = await small
        .query(fetch, {}, admin)
        .then(({ data }) => ({ ...data.fetch, ...data.fetch.run }));
      if (state) counts.state += 1;
      else counts.code += 1;
      expect(state ?? code).toMatch(/SUCCEEDED|UNAVAILABLE/);
      if (code) expect(rest.retryAfterMs).toBeGreaterThan(0);
    });
    await until('the rest is refused', () => counts.code === 5);
    expect(slow.hits.length).toBeLessThanOrEqual(2);
    expect((await small.fetch('/health')).status).toBe(200);
    release();
    await Promise.all(asked);
    expect(counts).toEqual({ state: 5, code: 5 });
  });

  it('whose templates never end do not keep others from their work', async () => {
    const template = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}';
    const endless = Promise.all(Array.from({ length: 30 }, () => verdict('render', undefined, { template, data: [] })));
    let served = 0;
    let over = false;
    void endless.finally(() => {
      over = true;
    });
    while (!over) {
      const text = `a,b\n${served},x\n`;
      const source = { text: { text, mediaType: 'text/csv' } };
      expect(await verdictOf(server, admin, 'convertToJson', { source })).toBe('done');
      served += 1;
    }
    expect(served).toBeGreaterThan(5);
    for (const code of await endless) expect(code).toMatch(/BAD_INPUT|TIMEOUT|UNAVAILABLE/);
  });
});

it('and all the while the server answered', async () => {
  const times = await probe.stop();
  expect(times.length).toBeGreaterThan(50);
  expect(Math.max(...times)).toBeLessThan(HEALTH_MS);
  expect(server.process.exitCode).toBeNull();
  expect(await server.memory('peak')).toBeLessThan(800 * MIB);
  expect(server.logged('step.bug')).toEqual([]);
  expect(server.log.filter((line) => /"level":"error"/.test(line))).toEqual([]);
  if (process.env.SHOW_NUMBERS) {
    console.log(
      `health: ${times.length} asks, slowest ${Math.max(...times).toFixed(0)} ms; peak ${((await server.memory('peak')) / MIB).toFixed(0)} MiB`,
    );
  }
});
