import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli, type Server, startServer } from '../support/server.ts';
import { bearer, openLongStreams } from '../support/surfaces/long-streams.ts';
import { until } from '../support/until.ts';

const SIGN_IN = `mutation ($name: String!) {
  signIn(input: { username: $name, password: $name }) { ... on Session { token } ... on Refusal { code message } }
}`;

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server.stop());

const signIn = async (name: string) => (await server.query(SIGN_IN, { name })).data.signIn;
const user = async (...args: string[]) => {
  const { code, output, complaint } = await runCli(['user', ...args, '-o', 'json'], { dataDir: server.dataDir });
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  return JSON.parse(output);
};

it('signing a user out everywhere ends their tokens and streams, and nobody else’s', async () => {
  const [alice, bob] = await Promise.all([signIn('alice'), signIn('bob')]);
  const streams = await openLongStreams(server, bearer(alice.token));
  const others = await openLongStreams(server, bearer(bob.token));
  let othersEnded = false;
  others.ends.finally(() => {
    othersEnded = true;
  });
  expect(await user('revoke', 'alice')).toEqual([{ id: 'alice', tenant: 'default', state: 'SIGNED_OUT' }]);
  const [code, sse] = await streams.ends;
  expect(code).toBe(4403);
  expect(sse).toContain('The token was revoked. Sign in again. Then continue from your last cursor.');
  const { data, errors } = await server.query('{ runs { nodes { id } } }', {}, alice.token);
  expect([data?.runs ?? null, errors?.[0].extensions.code]).toEqual([null, 'UNAUTHENTICATED']);

  const again = await signIn('alice');
  expect((await server.query('{ viewer { username } }', {}, again.token)).data.viewer).toEqual({ username: 'alice' });
  expect((await server.query('{ viewer { username } }', {}, bob.token)).data.viewer).toEqual({ username: 'bob' });
  expect(othersEnded).toBe(false);
  await others.socket[Symbol.asyncDispose]();
  expect(await user('revoke', 'bob')).toEqual([{ id: 'bob', tenant: 'default', state: 'SIGNED_OUT' }]);
  await others.ends;
});

it('a disabled user cannot sign in until they are enabled', async () => {
  expect(await user('disable', 'alice')).toMatchObject([{ id: 'alice', state: 'DISABLED' }]);
  await until('the server knows', async () => (await signIn('alice')).code === 'UNAUTHENTICATED');
  expect((await signIn('alice')).message).toContain('disabled or removed');
  expect(await user('enable', 'alice')).toMatchObject([{ id: 'alice', state: 'ENABLED' }]);
  await until('the server knows', async () => (await signIn('alice')).token);
});

it('revokes tokens of an identity provider by their subject and tenant', async () => {
  const secret = new TextEncoder().encode('a secret for tests, of more than 32 bytes');
  const sign = (tenant: string) =>
    new SignJWT({ tenant, roles: ['user'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('auth0|42')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(secret);
  const [north, south] = await Promise.all([sign('north'), sign('south')]);
  const viewer = async (token: string) => (await server.query('{ viewer { tenant } }', {}, token)).data?.viewer ?? null;
  expect(await viewer(north)).toEqual({ tenant: 'north' });
  const answer = await user('revoke', '--subject', 'auth0|42', '--tenant', 'north');
  expect(answer).toEqual([{ id: 'auth0|42', tenant: 'north', state: 'SIGNED_OUT' }]);
  await until('the token is refused', async () => (await viewer(north)) === null);
  expect(await viewer(south)).toEqual({ tenant: 'south' });
});

it('names what is missing when there is no such account', async () => {
  const { code, complaint } = await runCli(['user', 'revoke', 'nobody'], { dataDir: server.dataDir });
  expect(code).toBe(1);
  expect(complaint).toContain('There is no account nobody. Name users of an identity provider by --subject');
  expect((await runCli(['user', 'revoke'])).complaint).toContain('requires either the name of an account or --subject');
});
