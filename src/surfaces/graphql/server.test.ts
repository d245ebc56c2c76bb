import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
  api.tokens.set('carol-token', {
    kind: 'user',
    subject: 'usr_carol',
    username: 'carol',
    tenant: 'other',
    roles: ['admin'],
  });
});
afterAll(() => api.close());

const CONVERT = `mutation ($input: ConvertToJsonInput!) {
  convertToJson(input: $input) {
    __typename
    ... on CommandOutcome {
      run { id kind state inputs output error { code message } principal { username } traceId labels priority cursor
            steps { id key state attempt input decision { effect rule { role } nearMisses { missed } } } }
      resource { uri mediaType size digest text json base64 url }
    }
    ... on Refusal { code message path violations { path message } decision { effect reason rule { id } } }
  }
}`;
const csv = { source: { uri: 'data:text/csv,a,b%0A1,2' } };
const convert = async (input: object = csv, token = ADMIN) =>
  (await api.ask(CONVERT, { input }, token)).data.convertToJson;

describe('what is open to everybody', () => {
  it('is health, catalog, viewer and signing in', async () => {
    const { data, errors } = await api.ask(
      `{ health { status version uptimeMs checks { name } } viewer { username }
         catalog { commands { name title effect options field } queries { name } protocols { scheme limits } stepKinds { kind } } }`,
      {},
      '',
    );
    expect(errors).toBeUndefined();
    expect(data.viewer).toBeNull();
    expect(data.catalog.commands).toContainEqual(
      expect.objectContaining({ name: 'convertToJson', effect: 'PURE', field: 'convertToJson' }),
    );
    expect(data.catalog.protocols.map((p: { scheme: string }) => p.scheme)).toEqual(
      expect.arrayContaining(['http', 'https', 'file', 'data', 'artifact']),
    );
  });

  it('gives a session for the right password, and a refusal for a wrong one', async () => {
    const signIn = (password: string) =>
      api.ask(
        `mutation ($p: String!) { signIn(input: { username: "alice", password: $p }) {
           __typename ... on Session { token expiresAt principal { username roles tenant } } ... on Refusal { code } } }`,
        { p: password },
        'not-a-token',
      );
    const right = await signIn('alice');
    const wrong = await signIn('wrong');
    expect(right.data.signIn).toMatchObject({
      principal: { username: 'alice', roles: ['analyst'], tenant: 'default' },
    });
    expect(wrong.data.signIn).toEqual({ __typename: 'Refusal', code: 'UNAUTHENTICATED' });
    const viewer = await api.ask('{ viewer { username expiresAt } }', {}, right.data.signIn.token);
    expect(viewer.data.viewer.username).toBe('alice');
    expect(viewer.data.viewer.expiresAt).toBe(right.data.signIn.expiresAt);
  });

  for (const token of ['', 'not-a-token']) {
    it(`is nothing else, ${token ? 'with a wrong token' : 'without a token'}`, async () => {
      for (const query of [
        '{ runs { totalCount } }',
        'mutation { fetch(input: { source: { uri: "data:,a" } }) { __typename } }',
      ]) {
        const answer = await api.ask(query, {}, token);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        expect(answer.data).toBeUndefined();
        expect(answer.errors[0].extensions.code).toBe('UNAUTHENTICATED');
      }
    });
  }

  it('cannot be widened by hiding a field in a fragment', async () => {
    const answer = await api.ask(
      '{ health { status } ...f } fragment f on Query { ... { x: runs { totalCount } } }',
      {},
      '',
    );
    expect(answer.status).toBe(401);
  });
});

describe('a command', () => {
  it('answers with its run and what it made', async () => {
    const outcome = await convert();
    expect(outcome.run).toMatchObject({
      kind: 'COMMAND',
      state: 'SUCCEEDED',
      error: null,
      output: { fields: ['a', 'b'], rows: [{ a: '1', b: '2' }] },
      principal: { username: 'admin' },
      steps: [
        { state: 'SUCCEEDED', attempt: 1, decision: { effect: 'ALLOW', rule: { role: 'admin' }, nearMisses: [] } },
      ],
    });
    expect(outcome.resource.json).toEqual(outcome.run.output);
    expect(JSON.parse(Buffer.from(outcome.resource.base64, 'base64').toString())).toEqual(outcome.run.output);
    expect(outcome.resource.uri).toBe(`artifact:sha256/${outcome.resource.digest}`);
  });

  it('that was accepted and fails is data, not an error', async () => {
    const outcome = await convert({ ...csv, schemaUri: 'data:application/json,{%22not%22:{}}' });
    expect(outcome).toMatchObject({
      __typename: 'CommandOutcome',
      run: { state: 'FAILED', error: { code: 'SCHEMA_VIOLATION' } },
      resource: null,
    });
  });

  it('that the policy denies is refused with the decision', async () => {
    const { data } = await api.ask(
      `mutation { convertToXml(input: { source: { uri: "data:,a" } }) { ... on Refusal { code decision { effect action canonicalUri roles } } } }`,
      {},
      BOB,
    );
    expect(data.convertToXml).toEqual({
      code: 'FORBIDDEN',
      decision: { effect: 'DENY', action: 'command:convertToXml', canonicalUri: 'data:text/plain', roles: ['user'] },
    });
  });

  it('with options that do not fit is refused with the place', async () => {
    const refusal = await convert({ ...csv, delimiter: 'too long' });
    expect(refusal).toMatchObject({ code: 'BAD_INPUT', violations: [{ path: expect.stringContaining('delimiter') }] });
  });

  it('takes a source of exactly one kind', async () => {
    for (const source of [{}, { uri: 'data:,a', text: { text: 'a' } }, { uri: null }]) {
      const answer = await api.ask(CONVERT, { input: { source } });
      expect([answer.status, answer.errors[0].extensions.code]).toEqual([400, 'BAD_INPUT']);
    }
    const text = await convert({ source: { text: { text: 'a\n1' } }, mode: 'CSV', delimiter: null });
    const bytes = await convert({ source: { bytes: { base64: 'YQox', mediaType: 'text/csv' } } });
    expect(text.resource.json).toEqual({ fields: ['a'], rows: [{ a: '1' }] });
    expect(bytes.resource.json).toEqual(text.resource.json);
  });

  it('asked for twice with one key runs once', async () => {
    const [one, two] = [
      await convert({ ...csv, idempotencyKey: 'k1' }),
      await convert({ ...csv, idempotencyKey: 'k1' }),
    ];
    const other = await convert({ source: { uri: 'data:text/csv,c%0A1' }, idempotencyKey: 'k1' });
    expect(two.run.id).toBe(one.run.id);
    expect(other).toMatchObject({ __typename: 'Refusal', code: 'CONFLICT' });
  });

  it('runs by its name, too', async () => {
    const execute = (input: object) =>
      api.ask(
        `mutation ($i: ExecuteInput!) { execute(input: $i) { ... on CommandOutcome { run { state } resource { text } } ... on Refusal { code path } } }`,
        { i: input },
      );
    const known = await execute({ command: 'convertToBase64', source: { text: { text: 'hello' } } });
    const unknown = await execute({ command: 'nothing' });
    const noObject = await execute({ command: 'fetch', options: [1] });
    expect(known.data.execute.run.state).toBe('SUCCEEDED');
    expect(unknown.data.execute.code).toBe('NOT_FOUND');
    expect(noObject.data.execute).toEqual({ code: 'BAD_INPUT', path: ['input', 'options'] });
  });

  it('may be a pipeline', async () => {
    const { data } = await api.ask(`mutation { pipeline(input: { steps: [
      { command: "convertToJson", options: { source: { text: { text: "a\\n1", mediaType: "text/csv" } } } }
      { command: "convertToXml", options: { source: { uri: "$previous.output" } } }
    ] }) { ... on CommandOutcome { run { kind state steps { key dependsOn } } resource { mediaType text } } ... on Refusal { code message } } }`);
    expect(data.pipeline.run).toMatchObject({ kind: 'PIPELINE', state: 'SUCCEEDED' });
    expect(data.pipeline.run.steps[1].dependsOn).toEqual([data.pipeline.run.steps[0].key]);
    expect(data.pipeline.resource.text).toContain('<');
  });

  it('belongs to the trace of the request', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { data } = await api.send({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${ADMIN}`,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({ query: CONVERT, variables: { input: csv } }),
    });
    expect(data.convertToJson.run.traceId).toBe(traceId);
  });
});

describe('runs', () => {
  it('are found again by id, in lists and as nodes, with their steps and events', async () => {
    const { run } = await convert();
    const { data, errors } = await api.ask(
      `query ($id: ID!, $step: ID!) {
        run(id: $id) { id state step(key: "convertToJson") { id run { id } logs { events { seq } } } events { caughtUp events { __typename seq runId hash } } artifacts { nodes { id } } durationMs }
        node(id: $step) { __typename id ... on Step { key title kind durationMs maxAttempts } }
        nodes(ids: [$id, "run_nothing", "x"]) { __typename id }
        runs(first: 1, filter: { kind: [COMMAND], state: [SUCCEEDED] }) { nodes { id } pageInfo { hasNextPage endCursor } totalCount }
        verifyRun(id: $id) { valid events headHash firstInvalidSeq problems }
      }`,
      { id: run.id, step: run.steps[0].id },
    );
    expect(errors).toBeUndefined();
    expect(data.run).toMatchObject({ id: run.id, step: { id: run.steps[0].id, run: { id: run.id } } });
    expect(data.run.events.events.map((e: { seq: number }) => e.seq)).toEqual(
      data.run.events.events.map((_: unknown, i: number) => i + 1),
    );
    expect(data.run.events.events[0].__typename).toBe('RunCreated');
    expect(data.node).toMatchObject({ __typename: 'Step', key: 'convertToJson' });
    expect(data.nodes).toEqual([{ __typename: 'Run', id: run.id }, null, null]);
    expect(data.runs.nodes).toHaveLength(1);
    expect(data.verifyRun).toMatchObject({ valid: true, events: data.run.events.events.length, problems: [] });
    const next = await api.ask(
      'query ($a: String!) { runs(first: 1, after: $a) { nodes { id } pageInfo { hasPreviousPage } } }',
      {
        a: data.runs.pageInfo.endCursor,
      },
    );
    expect(next.data.runs.nodes[0].id).not.toBe(data.runs.nodes[0].id);
  });

  it('of others, and of other tenants, are as if they were not there', async () => {
    const { run } = await convert(csv, ALICE);
    const query = `query ($id: ID!, $step: ID!) { run(id: $id) { id } node(id: $step) { id } events(filter: { runId: $id }) { events { seq } } verifyRun(id: $id) { valid } }`;
    const ask = (token: string) => api.ask(query, { id: run.id, step: run.steps[0].id }, token);
    const [own, admin, bob, carol] = await Promise.all([ask(ALICE), ask(ADMIN), ask(BOB), ask('carol-token')]);
    expect(own.data.run.id).toBe(run.id);
    expect(admin.data.run.id).toBe(run.id);
    for (const other of [bob, carol]) {
      expect(other.errors.map((e: { path: string[]; extensions: object }) => [e.path, e.extensions])).toEqual([
        [['verifyRun'], { code: 'NOT_FOUND', input: ['id'] }],
      ]);
      expect(other.data).toBeNull();
      const rest = await api.ask(
        query.replace(/verifyRun.*/, '}'),
        { id: run.id, step: run.steps[0].id },
        other === bob ? BOB : 'carol-token',
      );
      expect(rest.data).toEqual({ run: null, node: null, events: { events: [] } });
    }
  });

  it('refuse pages that are too large, negative or ask for both ends', async () => {
    for (const args of ['first: 101', 'first: -1', 'last: 101', 'first: 1, last: 1', 'after: "nonsense"']) {
      const { errors } = await api.ask(`{ runs(${args}) { nodes { id } } }`);
      expect(errors[0].extensions.code, args).toBe('BAD_INPUT');
    }
    const cursor = await api.ask('{ events(after: "nonsense") { cursor } }');
    expect([cursor.status, cursor.errors[0].extensions.code]).toEqual([400, 'BAD_INPUT']);
  });
});

describe('resources', () => {
  it('that cannot be read are errors at their index, and hide no other', async () => {
    const { data, errors } =
      await api.ask(`{ resources(uris: ["data:,a", "gopher://x/", "data:application/json,[1]", "file:///etc/passwd"]) {
      uri mediaType size digest text json base64 url } }`);
    expect(data.resources[0]).toMatchObject({
      mediaType: expect.stringContaining('text/plain'),
      size: 1,
      text: 'a',
      json: null,
      base64: 'YQ==',
      url: null,
    });
    expect(data.resources[2].json).toEqual([1]);
    expect([data.resources[1], data.resources[3]]).toEqual([null, null]);
    expect(errors.map((e: { path: unknown[]; extensions: { code: string } }) => [e.path, e.extensions.code])).toEqual([
      [['resources', 1], 'UNSUPPORTED_SCHEME'],
      [['resources', 3], expect.stringMatching(/FORBIDDEN|NOT_FOUND|BAD_INPUT/)],
    ]);
  });

  it('that do not fit the schema are errors with their violations', async () => {
    const { data, errors } = await api.ask(
      '{ resources(uris: ["data:application/json,[1]"], schemaUri: "data:application/json,{%22not%22:{}}") { json } }',
    );
    expect(data.resources).toEqual([null]);
    expect(errors[0].extensions).toMatchObject({
      code: 'SCHEMA_VIOLATION',
      violations: [{ path: '', keyword: 'not' }],
    });
  });

  it('are under the policy, and at most 20', async () => {
    const denied = await api.ask('{ resources(uris: ["http://example.com/"]) { text } }', {}, BOB);
    const many = await api.ask('query ($u: [URI!]!) { resources(uris: $u) { size } }', {
      u: Array(21).fill('data:,a'),
    });
    expect(denied.errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      decision: { effect: 'DENY', roles: ['user'] },
    });
    expect(many.errors[0].extensions.code).toBe('BAD_INPUT');
  });
});

describe('artifacts', () => {
  const store = (size: number, token = ADMIN) =>
    api.app.engine.uploadArtifact(api.tokens.get(token) as never, {
      name: 'zeros.bin',
      mediaType: 'application/octet-stream',
      content: new Uint8Array(size).fill(48 + (size % 9)),
    });

  it('are uploaded, found by their digest and read under the policy', async () => {
    const upload =
      await api.ask(`mutation { uploadArtifact(input: { name: "a.txt", source: { text: { text: "hello" } } }) {
      ... on Artifact { id digest name mediaType size url run { id state } step { key } resource { text } } ... on Refusal { code message } } }`);
    const artifact = upload.data.uploadArtifact;
    expect(artifact).toMatchObject({
      name: 'a.txt',
      size: 5,
      run: { state: 'SUCCEEDED' },
      resource: { text: 'hello' },
    });
    expect(artifact.url).toBe(`/artifacts/${artifact.digest}`);
    const found = (token: string) =>
      api.ask('query ($d: Sha256!) { artifact(digest: $d) { id resource { base64 } } }', { d: artifact.digest }, token);
    expect((await found(ADMIN)).data.artifact).toEqual({ id: artifact.id, resource: { base64: 'aGVsbG8=' } });
    expect((await found(BOB)).data.artifact).toBeNull();
    expect((await found('carol-token')).data.artifact).toBeNull();
  });

  it('are carried inline up to 8 MiB in a response; the rest is to be downloaded', async () => {
    const [one, two] = [await store(5 * 1024 * 1024), await store(4 * 1024 * 1024)];
    const { data, errors } = await api.ask(
      'query ($a: Sha256!, $b: Sha256!) { a: artifact(digest: $a) { resource { text } } b: artifact(digest: $b) { resource { text size } } }',
      { a: one.digest, b: two.digest },
    );
    expect(data.a.resource.text).toHaveLength(5 * 1024 * 1024);
    expect(data.b.resource).toEqual({ text: null, size: 4 * 1024 * 1024 });
    expect(errors[0]).toMatchObject({
      path: ['b', 'resource', 'text'],
      message: expect.stringContaining(`/artifacts/${two.digest}`),
      extensions: { code: 'RESOURCE_TOO_LARGE' },
    });
  });
});

describe('the policy', () => {
  const explain = (input: object, token: string) =>
    api.ask(
      `query ($i: ExplainPolicyInput!) { explainPolicy(input: $i) { effect canonicalUri roles rule { id } snapshot nearMisses { missed rule { role action } } } }`,
      { i: input },
      token,
    );

  it('explains a denial with the rules that came close', async () => {
    const { data } = await explain({ action: 'command:fetch', uri: 'file:///data/../data/private.csv' }, BOB);
    expect(data.explainPolicy).toMatchObject({
      effect: 'DENY',
      canonicalUri: 'file:///data/private.csv',
      roles: ['user'],
      rule: null,
    });
    expect(data.explainPolicy.nearMisses).toContainEqual({
      missed: 'uri',
      rule: { role: 'user', action: 'command:fetch' },
    });
  });

  it('shows its rules, and speaks for other roles, to those it allows', async () => {
    const rules = await api.ask('{ policyRules { id role action uri schema effect obligation comment } }');
    const denied = await api.ask('{ policyRules { id } }', {}, BOB);
    const other = await explain({ role: 'user', action: 'command:fetch' }, ALICE);
    const refused = await explain({ role: 'admin', action: 'command:fetch' }, BOB);
    expect(rules.data.policyRules.length).toBeGreaterThan(5);
    expect(denied.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', decision: { action: 'query:policyRules' } });
    expect(other.data.explainPolicy.roles).toEqual(['user']);
    expect(refused.errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('refuses to explain what is no action', async () => {
    expect((await explain({ action: 'fetch' }, ADMIN)).errors[0].extensions.code).toBe('BAD_INPUT');
  });
});
