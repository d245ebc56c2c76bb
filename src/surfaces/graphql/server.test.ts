import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGraphql, type TestGraphqlServer } from '../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

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
