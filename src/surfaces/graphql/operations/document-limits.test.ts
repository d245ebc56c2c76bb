import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../../test/support/cpu-time.ts';
import { ADMIN, startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({ env: { INTROSPECTION: 'true' } });
});
afterAll(() => api.close());

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json) => api.send({ method: 'POST', headers, body });
const codes = ({ errors }: { errors: { extensions: { code: string } }[] }) => errors.map((e) => e.extensions.code);

const ask = (query: string) => post(JSON.stringify({ query }), { ...json, authorization: `Bearer ${ADMIN}` });

/** The answer, and the processor time that it took the server, which runs in this thread. */
async function askWithCost(query: string) {
  let answer: Awaited<ReturnType<typeof ask>> | undefined;
  const cpuMs = await cpuMsOf(async () => {
    answer = await ask(query);
  });
  return { answer: answer as Awaited<ReturnType<typeof ask>>, cpuMs };
}

const doubled = (i: number) => `fragment f${i} on Health { status ...f${i + 1} version ...f${i + 1} }`;

describe('a document is refused as too costly, at once,', () => {
  const refused: [string, string][] = [
    ['with 10,000 aliases', `{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}: health { status }`).join(' ')} }`],
    ['with 60 aliases', `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: health { status }`).join(' ')} }`],
    ['with fields in 1,900 levels', `{ ${'a{'.repeat(1_900)}b${'}'.repeat(1_900)} }`],
    [
      'with known fields in 17 levels',
      `{ node(id: 1) { ${'... on Step { run { ... on Run { steps {'.repeat(8)} id ${'}}}}'.repeat(8)} } }`,
    ],
    ['with 300,000 characters', `{ health { status } } #${'x'.repeat(300_000)}`],
    ['with 1,000 comments', `{ health { status } }\n${'#\n'.repeat(1_000)}`],
    ['with 100 directives', `{ health ${'@skip(if: false)'.repeat(100)} { status } }`],
    [
      'with fragments that double 30 times',
      `{ health { ...f0 } } ${Array.from({ length: 30 }, (_, i) => doubled(i)).join(' ')} fragment f30 on Health { status }`,
    ],
    ['with the same field 3,900 times', `{ health { ${'status '.repeat(3_900)} } }`],
    ['with pages of pages', '{ runs(first: 100) { nodes { artifacts(first: 100) { nodes { id name digest } } } } }'],
  ];
  for (const [what, query] of refused) {
    it(what, async () => {
      const { answer, cpuMs } = await askWithCost(query);
      expect(codes(answer)).toEqual(['TOO_COSTLY']);
      expect(answer.status).toBe(400);
      expect(answer.data).toBeUndefined();
      expect(cpuMs).toBeLessThan(1_000);
    });
  }

  it('when the page size is a variable, or the default of one', async () => {
    const query = (head: string) =>
      `query ${head} { runs(first: $n) { nodes { artifacts(first: $n) { nodes { id digest } } } } }`;
    const asVariable = await api.ask(query('($n: Int)'), { n: 100 });
    const asDefault = await api.ask(query('($n: Int = 100)'));
    const small = await api.ask(query('($n: Int)'), { n: 5 });
    expect([codes(asVariable), codes(asDefault)]).toEqual([['TOO_COSTLY'], ['TOO_COSTLY']]);
    expect(small.errors).toBeUndefined();
  });
});

describe('a document is refused as bad input', () => {
  const refused: [string, string][] = [
    // Far more would exhaust the stack of the parser, which is refused as too costly.
    ['with a list literal in 500 levels', `{ nodes(ids: ${'['.repeat(500)}${']'.repeat(500)}) { id } }`],
    ['that names 500 unknown fields', `{ ${Array.from({ length: 500 }, (_, i) => `x${i}`).join(' ')} }`],
    ['with a fragment that holds itself', '{ health { ...f } } fragment f on Health { status ...f }'],
    ['that is no GraphQL', '{ health { status '],
    ['with two operations and no name', 'query A { health { status } } query B { health { status } }'],
  ];
  for (const [what, query] of refused) {
    it(what, async () => {
      const { answer, cpuMs } = await askWithCost(query);
      expect(new Set(codes(answer))).toEqual(new Set(['BAD_INPUT']));
      expect(answer.status).toBe(what === 'that is no GraphQL' ? 400 : 422);
      expect(JSON.stringify(answer.errors).length).toBeLessThan(30_000);
      expect(cpuMs).toBeLessThan(1_000);
    });
  }

  it('but a long one within the limits runs, and so does the introspection of GraphiQL', async () => {
    const long = await ask(`{ health { ${'status '.repeat(500)} } }`);
    const introspection = await ask(
      getIntrospectionQuery({ descriptions: true, oneOf: true, inputValueDeprecation: true }),
    );
    expect(long.errors).toBeUndefined();
    expect(long.data).toEqual({ health: { status: 'OK' } });
    expect(introspection.data.__schema.queryType.name).toBe('Query');
  });
});

describe('variables', () => {
  const query =
    'mutation ($o: JSON) { execute(input: { command: "fetch", options: $o }) { __typename ... on Refusal { code } } }';
  const send = (options: string) =>
    post(`{"query": ${JSON.stringify(query)}, "variables": {"o": ${options}}}`, {
      ...json,
      authorization: `Bearer ${ADMIN}`,
    });

  for (const levels of [70, 5_000, 250_000]) {
    it(`nested in ${levels} levels are refused`, async () => {
      const answer = await send(`${'['.repeat(levels)}${']'.repeat(levels)}`);
      expect(answer.status).toBe(422);
      expect(codes(answer)).toEqual(['BAD_INPUT']);
    });
  }

  it('cannot reach a prototype', async () => {
    const answer = await send('{"source": {"uri": "data:,a"}, "__proto__": {"polluted": true}}');
    const literal = await ask(
      'mutation { execute(input: { command: "fetch", options: { __proto__: { polluted: true } } }) { __typename } }',
    );
    expect(codes(answer)).toEqual(['BAD_INPUT']);
    expect(codes(literal)).toEqual(['BAD_INPUT']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('over HTTP', () => {
  const query = '{ health { status } }';

  it('a list of operations is refused', async () => {
    const answer = await post(JSON.stringify([{ query }, { query }]));
    expect([answer.status, codes(answer)]).toEqual([422, ['BAD_INPUT']]);
  });

  for (const type of [
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/graphql',
  ]) {
    it(`${type} is refused, so that no form of another site is taken`, async () => {
      const answer = await post(`query=${encodeURIComponent('mutation { __typename }')}`, { 'content-type': type });
      expect([answer.status, codes(answer)]).toEqual([415, ['BAD_INPUT']]);
    });
  }

  it('a GET is taken for a query with a header that a browser asks about first, and never for a mutation', async () => {
    const path = (document: string) => `?query=${encodeURIComponent(document)}`;
    const preflighted = { 'graphql-require-preflight': '1' };
    const bare = await api.send({ path: path(query) });
    const allowed = await api.send({ path: path(query), headers: preflighted });
    const mutation = await api.send({ path: path('mutation { __typename }'), headers: preflighted });
    expect([bare.status, codes(bare)]).toEqual([400, ['BAD_INPUT']]);
    expect(allowed.data).toEqual({ health: { status: 'OK' } });
    expect([mutation.status, codes(mutation)]).toEqual([405, ['BAD_INPUT']]);
  });

  it('refuses a GET whose variables are not JSON', async () => {
    const answer = await api.send({
      path: `?query=${encodeURIComponent(query)}&variables={`,
      headers: { 'graphql-require-preflight': '1' },
    });
    expect([answer.status, codes(answer)]).toEqual([400, ['BAD_INPUT']]);
  });

  for (const chunked of [false, true]) {
    it(`a body of more than 1 MiB is refused${chunked ? ', also when it does not say its length' : ''}`, async () => {
      const body = JSON.stringify({ query, variables: { x: 'x'.repeat(1024 * 1024) } });
      const answer = await api.send({
        method: 'POST',
        headers: json,
        body: chunked ? new Blob([body]).stream() : body,
        ...(chunked && { duplex: 'half' }),
      } as RequestInit);
      expect([answer.status, codes(answer)]).toEqual([413, ['RESOURCE_TOO_LARGE']]);
    });
  }

  for (const [what, status, body] of [
    ['no JSON', 400, '{'],
    ['a number', 422, '7'],
    ['null', 422, 'null'],
    ['no query', 422, '{}'],
    ['a query that is a list', 422, '{"query": ["{ health { status } }"]}'],
    ['variables that are a list', 422, `{"query": ${JSON.stringify(query)}, "variables": [1]}`],
  ] as const) {
    it(`a body with ${what} is refused`, async () => {
      const answer = await post(body);
      expect([answer.status, codes(answer)]).toEqual([status, ['BAD_INPUT']]);
    });
  }
});

describe('in production', () => {
  let production: TestGraphqlServer;
  beforeAll(async () => {
    production = await startGraphql({ env: { NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(40) } });
  });
  afterAll(() => production.close());

  it('nothing suggests names of the schema', async () => {
    const misspelt = await production.ask('{ healht { status } }');
    const value = await production.ask('query ($f: RunFilter) { runs(filter: $f) { totalCount } }', {
      f: { stat: ['X'] },
    });
    const member = await production.ask('query ($f: RunFilter) { runs(filter: $f) { totalCount } }', {
      f: { state: ['SUCCEDED'] },
    });
    const text = JSON.stringify([misspelt.errors, value.errors, member.errors]);
    expect([misspelt.status, value.status, member.status]).toEqual([422, 422, 422]);
    expect(text).not.toMatch(/Did you mean|health|SUCCEEDED/);
  });

  it('introspection and GraphiQL are off', async () => {
    const introspection = await production.ask('{ __schema { types { name } } }');
    const page = await production.send({ headers: { accept: 'text/html' } });
    expect([introspection.status, codes(introspection)]).toEqual([422, ['BAD_INPUT', 'BAD_INPUT']]);
    expect([page.status, codes(page)]).toEqual([400, ['BAD_INPUT']]);
  });
});
