import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HealthProbe, startHealthProbe } from '../support/health-probe.ts';
import { outcomeOf } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { listFiles } from '../support/temp-folder.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const MIB = 2 ** 20;

let server: Server;
/** Allowed. */
let web: WebServer;
/** On a private address that is not allowed. */
let canary: WebServer;
/** A token that the policy lets do everything. */
let admin: string;
/** 200 MiB of zeros, compressed. */
let bomb: Buffer;
let probe: HealthProbe;

async function outcome(command: string, source: object | undefined, options: object = {}, more: object = {}) {
  return outcomeOf(server, admin, command, { options, ...more, ...(source && { source }) });
}

/** The code with which a step fails that has a minute. */
async function outcomeOfStep(step: object): Promise<string> {
  const START = 'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { state error { code } } } }';
  const document = { name: 'one', steps: [{ id: 'a', kind: 'command', timeout_ms: 60_000, ...step }] };
  const { data } = await server.query(START, { input: { source: { document }, waitMs: 60_000 } }, admin);
  return data.startRun.error?.code ?? data.startRun.state;
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
    },
  });
  admin = await tokenFor('admin', { roles: ['admin'] });
  probe = startHealthProbe(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await canary?.close();
});

/** Writes until the reader disconnects. */
function pour(res: import('node:http').ServerResponse, chunk: Buffer) {
  const more = () => {
    while (!res.destroyed && res.write(chunk));
  };
  res.on('drain', more);
  more();
}

describe('a hostile web server', () => {
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
      expect(await outcome('fetch', { uri })).toBe('FORBIDDEN');
    }
    expect(canary.hits).toEqual([]);
  });

  it('cannot redirect in a circle, to another scheme, or to a URL with credentials', async () => {
    const to = (uri: string) => ({ uri: `${web.url}/to?${encodeURIComponent(uri)}` });
    expect(await outcome('fetch', { uri: `${web.url}/round` })).toBe('RESOURCE_UNREACHABLE');
    expect(await outcome('fetch', to('file:///data/secret.txt'))).toBe('RESOURCE_UNREACHABLE');
    expect(await outcome('fetch', to('data:,x'))).toBe('RESOURCE_UNREACHABLE');
    expect(await outcome('fetch', to(`http://me:pass@${web.host}/public/`))).toBe('BAD_INPUT');
  });

  it.each(['huge', 'endless', 'bomb'])('cannot fill memory or disk (%s)', async (kind) => {
    const uri = `${web.url}/${kind}`;
    const before = await server.memory();
    // With time for 50 MiB on a busy machine: only their size may end them.
    const codes = await Promise.all(
      [1, 2, 3].map(() => outcomeOfStep({ command: 'fetch', input: { source: { uri } } })),
    );
    expect(codes).toEqual(Array(3).fill('RESOURCE_TOO_LARGE'));
    expect((await server.memory('peak')) - before).toBeLessThan(250 * MIB);
    expect(await listFiles(join(server.dataDir, 'artifacts/scratch'))).toEqual([]);
  });

  it('cannot block a run forever, neither silent nor in drops', async () => {
    await using hasty = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host, COMMAND_TIMEOUT_MS: '1000' } });
    const uris = ['silent', 'drip'].map((kind) => `${web.url}/${kind}`);
    const codes = await Promise.all(uris.map((uri) => outcomeOf(hasty, admin, 'fetch', { source: { uri } })));
    expect(codes).toEqual(['TIMEOUT', 'TIMEOUT']);
  });
});

describe('hostile data', () => {
  const xml = (text: string) => ({ text: { text, mediaType: 'application/xml' } });
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');

  it.each([
    ['a billion laughs', () => `<!DOCTYPE a [<!ENTITY l0 "lol">${entities}]><a>&l9;</a>`],
    ['a quadratic blow-up', () => `<!DOCTYPE a [<!ENTITY b "${'b'.repeat(50_000)}">]><a>${'&b;'.repeat(10_000)}</a>`],
    ['an entity that is a file', () => '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'],
    ['an entity on the web', () => `<!DOCTYPE a [<!ENTITY % p SYSTEM "${canary.url}/dtd">%p;]><a/>`],
    ['100,000 elements inside each other', () => '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
  ])('XML with %s is refused', async (_, text) => {
    expect(await outcome('convertToJson', xml(text()))).toBe('BAD_INPUT');
    expect(canary.hits).toEqual([]);
  });

  it('JSON nested 100,000 deep is refused', async () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const command of ['convertToJson', 'convertToXml', 'convertToCsv']) {
      expect(await outcome(command, { text: { text, mediaType: 'application/json' } })).toBe('BAD_INPUT');
    }
  });
});

describe('a hostile schema', () => {
  const text = JSON.stringify(`${'a'.repeat(50_000)}!`);
  const source = { text: { text, mediaType: 'application/json' } };
  const check = (schema: unknown) =>
    outcome('fetch', source, {}, { schemaUri: `data:application/json,${encodeURIComponent(JSON.stringify(schema))}` });

  it.each([
    ['a catastrophic pattern', { pattern: '^(a+)+$' }, 'SCHEMA_VIOLATION'],
    ['another catastrophic pattern', { pattern: '^(a|a?)+$' }, 'SCHEMA_VIOLATION'],
    ['a pattern that is not linear', { pattern: '^(a+)\\1$' }, 'BAD_INPUT'],
    ['a reference to itself', { $ref: '#' }, 'BAD_INPUT'],
    ['a reference to a private address', { $ref: 'http://169.254.169.254/schema.json' }, 'FORBIDDEN'],
    ['code in a name', { properties: { '"];process.exit();//': { type: '"+process.exit()+"' } } }, 'BAD_INPUT'],
  ])('with %s is stopped', async (_, schema, wanted) => {
    expect(await check(schema)).toBe(wanted);
  });

  it('with endless references is stopped', async () => {
    expect(await check({ $ref: `${web.url}/chain?1` })).toBe('BAD_INPUT');
    expect(web.hits.filter((hit) => hit.includes('/chain')).length).toBeLessThan(40);
  });
});

describe('a hostile template', () => {
  it.each([
    [
      'loops forever',
      '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
      /BAD_INPUT|TIMEOUT/,
    ],
    ['calls itself', '{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}', /BAD_INPUT|TIMEOUT/],
    ['includes itself', '{% include "x" %}{% extends "x" %}', /BAD_INPUT/],
    [
      'renders gigabytes',
      '{% for i in range(100000) %}{{ data.x * 1000 }}{% endfor %}',
      /BAD_INPUT|RESOURCE_TOO_LARGE|TIMEOUT/,
    ],
    [
      'builds one long string',
      '{% set ns = namespace(s="x") %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}',
      /BAD_INPUT|RESOURCE_TOO_LARGE|TIMEOUT/,
    ],
    ['looks for the server', '{{ constructor.constructor("return process")().exit() }}', /BAD_INPUT/],
    ['is nested too deep', `${'{% if true %}'.repeat(10_000)}${'{% endif %}'.repeat(10_000)}`, /BAD_INPUT/],
  ])('that %s is stopped', async (_, template, wanted) => {
    const data = { text: { text: JSON.stringify({ x: 'x'.repeat(1_000) }), mediaType: 'application/json' } };
    expect(await outcome('render', data, { template })).toMatch(wanted);
  });
});

it('the server stays responsive throughout', async () => {
  await probe.expectResponsive();
});
