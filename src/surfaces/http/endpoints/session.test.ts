import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  requestWithHeaders,
  startHttpServer,
  type TestHttpServer,
} from '../../../../test/support/surfaces/http-server.ts';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';

const SESSION = 'sbs_of-ada';
const principal: SignedIn = { kind: 'user', subject: 'u1', username: 'ada', tenant: 'default', roles: ['user'] };

const ended: string[] = [];
let isDue = false;
const changes: Parameters<typeof startHttpServer>[0] = {
  sessions: {
    start: async (credentials) => {
      if (!('username' in credentials) || credentials.password !== 'right')
        throw new Fault('UNAUTHENTICATED', 'User name or password is wrong. Check both and try again.');
      return { token: SESSION, expiresAt: new Date(Date.now() + 3_600_000), principal };
    },
    extendIfDue: async () => (isDue ? new Date(Date.now() + 7_200_000) : undefined),
    end: async (token) => void ended.push(token),
  },
  authenticate: async (authorization, { session }) =>
    authorization === undefined && session === SESSION ? principal : { kind: 'anonymous' },
};

let http: TestHttpServer;
beforeAll(async () => {
  http = await startHttpServer(changes);
});
afterAll(() => http.stop());

/** A request of a page; by default one of this server. */
const send = async (
  path: string,
  { method = 'GET', body, ...headers }: Record<string, string> = {},
  { url } = http,
) => {
  const response = await fetch(`${url}${path}`, {
    ...{ method, headers: { 'sec-fetch-site': 'same-origin', ...headers } },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, cookies: response.headers.getSetCookie(), text };
};
const json = { 'content-type': 'application/json' };
const right = JSON.stringify({ username: 'ada', password: 'right' });
const post = (headers: Record<string, string> = {}) =>
  send('/session', { method: 'POST', body: right, ...json, ...headers });

describe('POST /session', () => {
  it('sets a cookie that no script reads, no other site sends, and no other path or subdomain sets', async () => {
    const { status, cookies, text } = await post();
    expect(status).toBe(201);
    expect(cookies).toEqual([`signalbox=${SESSION}; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict`]);
    expect(JSON.parse(text)).toEqual({
      expiresAt: expect.any(String),
      principal: { subject: 'u1', username: 'ada', tenant: 'default', roles: ['user'] },
    });
    expect(text).not.toContain(SESSION);
  });

  it('is Secure behind a proxy that says https, and refused where the browser has neither TLS nor a local server', async () => {
    const proxied = await startHttpServer({ ...changes, server: { trustProxy: true } });
    const secure = { 'x-forwarded-proto': 'https', method: 'POST', body: right, ...json };
    const { cookies } = await send('/session', secure, proxied);
    expect(cookies).toEqual([`__Host-signalbox=${SESSION}; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure`]);
    const plain = { host: 'signalbox.example', 'sec-fetch-site': 'same-origin', ...json };
    const refused = await requestWithHeaders(`${http.url}/session`, plain, 'POST');
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('requires TLS')]);
    await proxied.stop();
  });

  it('ends the earlier session of the same browser', async () => {
    ended.length = 0;
    await post({ cookie: `signalbox=${SESSION}` });
    expect(ended).toEqual([SESSION]);
  });

  it.each([
    ['not JSON', json, '{"username": "ada", "password": "hunter2"'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'username=ada&password=right'],
    ['text of JSON', { 'content-type': 'text/plain' }, right],
    ['another shape', json, '{"username": "ada"}'],
    ['both ways at once', json, '{"username": "ada", "password": "right", "token": "x"}'],
    ['a list', json, '["ada", "right"]'],
  ])('refuses %s, and quotes nothing of it', async (_, headers, body) => {
    const { status, cookies, text } = await send('/session', { method: 'POST', body, ...headers });
    expect([status, cookies]).toEqual([400, []]);
    expect(text).not.toMatch(/hunter2|right/);
  });

  it('refuses a body of more than 16 KiB, a wrong password, and other methods', async () => {
    const large = JSON.stringify({ token: 'x'.repeat(17_000) });
    expect((await send('/session', { method: 'POST', body: large, ...json })).status).toBe(413);
    const wrong = JSON.stringify({ username: 'ada', password: 'wrong' });
    expect(await send('/session', { method: 'POST', body: wrong, ...json })).toMatchObject({
      status: 401,
      cookies: [],
    });
    expect((await send('/session')).status).toBe(405);
  });
});

describe('DELETE /session', () => {
  it('ends the session of the cookie, and clears it', async () => {
    ended.length = 0;
    const { status, cookies } = await send('/session', { method: 'DELETE', cookie: `signalbox=${SESSION}` });
    expect([status, ended]).toEqual([204, [SESSION]]);
    expect(cookies).toEqual(['signalbox=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict']);
  });
});

describe('a request with the cookie', () => {
  const cookie = `theme=dark; signalbox=${SESSION}`;
  const log = (headers: Record<string, string>) => send('/runs/run_1/log', { cookie, ...headers });

  it('is signed in on this origin, also when a person opens the address', async () => {
    expect((await log({})).status).toBe(200);
    expect((await log({ 'sec-fetch-site': 'none' })).status).toBe(200);
    expect((await log({ origin: http.url })).status).toBe(200);
  });

  it('is extended while it is used', async () => {
    isDue = true;
    const { cookies } = await log({});
    isDue = false;
    expect(cookies).toEqual([`signalbox=${SESSION}; Path=/; Max-Age=7200; HttpOnly; SameSite=Strict`]);
    expect((await log({})).cookies).toEqual([]);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin that CORS allows', { origin: 'https://app.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['another scheme', { origin: 'https://127.0.0.1' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('from %s is not signed in', async (_, headers) => {
    expect((await log(headers)).status).toBe(401);
  });

  it('is not signed in when two cookies have the name, or another header says who the caller is', async () => {
    expect((await log({ cookie: `${cookie}; signalbox=sbs_of-eve` })).status).toBe(401);
    expect((await log({ cookie: `__Host-signalbox=${SESSION}` })).status).toBe(401);
    expect((await log({ authorization: 'Bearer x' })).status).toBe(401);
  });

  it('may change something only with the proof of a browser that the page is of this origin', async () => {
    const bare = (headers: Record<string, string>) =>
      requestWithHeaders(`${http.url}/artifacts`, { cookie, 'content-type': 'text/plain', ...headers }, 'POST');
    expect((await bare({})).status).toBe(401);
    expect((await bare({ 'sec-fetch-site': 'none' })).status).toBe(401);
    expect((await bare({ origin: http.url })).status).toBe(201);
  });
});
