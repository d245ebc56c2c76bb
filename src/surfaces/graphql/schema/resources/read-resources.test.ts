import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

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
