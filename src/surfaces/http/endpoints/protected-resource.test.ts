import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type TestHttpServer } from '../../../../test/support/surfaces/http-server.ts';

const ISSUER = 'https://id.example/realm';
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer({ authorizationServer: ISSUER, server: { trustProxy: true } });
});
afterAll(() => server.stop());

describe('the metadata of /mcp as a protected resource', () => {
  it('name the resource and the identity provider, without a token and for every page', async () => {
    for (const path of [`${WELL_KNOWN}/mcp`, WELL_KNOWN]) {
      const answer = await fetch(`${server.url}${path}`, { headers: { origin: 'https://other.example' } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(await answer.json()).toMatchObject({ resource: `${server.url}/mcp`, authorization_servers: [ISSUER] });
    }
    const proxied = await fetch(`${server.url}${WELL_KNOWN}`, { headers: { 'x-forwarded-proto': 'https' } });
    expect(await proxied.json()).toMatchObject({ resource: expect.stringMatching(/^https:.*\/mcp$/) });
  });

  it('have the base path behind a reverse proxy', async () => {
    const prefixed = await startHttpServer({ authorizationServer: ISSUER, server: { basePath: '/box' } });
    const answer = await fetch(`${prefixed.url}/box${WELL_KNOWN}/mcp`);
    expect(await answer.json()).toMatchObject({ resource: `${prefixed.url}/box/mcp` });
    await prefixed.stop();
  });

  it('are named by a 401, which says whether there was a token', async () => {
    const challengeOf = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/mcp`, { method: 'POST', headers, body: '{}' })).headers.get('www-authenticate');
    const where = `resource_metadata="${server.url}${WELL_KNOWN}/mcp"`;
    expect(await challengeOf({})).toBe(`Bearer ${where}`);
    expect(await challengeOf({ authorization: 'Bearer nonsense' })).toBe(`Bearer error="invalid_token", ${where}`);
  });

  it('do not exist when this server issues its tokens', async () => {
    const other = await startHttpServer();
    expect((await fetch(`${other.url}${WELL_KNOWN}/mcp`)).status).toBe(404);
    await other.stop();
  });
});
