import { WebSocket } from 'ws';
import { type Attempt, CORS_ORIGIN, createToken, pageOf, type Target, VIEWER } from './target.ts';

const EVIL = 'https://evil.example';
const crossSite = { origin: EVIL, 'sec-fetch-site': 'cross-site' };
const MUTATION = 'mutation { cancelRun(id: "run_1") { ... on Refusal { code } } }';

/** What a handshake comes to: its status, or what the socket answers to a query. */
function handshake({ server }: Target, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_req, { statusCode }) => resolve(String(statusCode)));
    socket.on('error', () => {});
    socket.on('close', (code) => resolve(String(code)));
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: VIEWER } }));
      else resolve(type === 'error' ? payload[0].extensions.code : payload.errors ? 'failed' : 'done');
    });
  }).then((outcome) => {
    socket.terminate();
    return outcome as string;
  });
}

const post = (on: Target, path: string, headers: Record<string, string>, body: string) =>
  on.send(path, headers, { method: 'POST', body }).then(({ status }) => String(status));

/** With the cookie of a person who is signed in, from where it does not count. */
const asked = (attempt: string, headers: (on: Target, cookie: string) => Record<string, string>): Attempt => ({
  attempt,
  outcome: 'UNAUTHENTICATED',
  run: async (on) => on.ask(VIEWER, headers(on, await on.startSession())),
});

export const SESSION_ATTEMPTS: readonly Attempt[] = [
  {
    attempt: 'The control: a page of this server uses the cookie',
    outcome: 'done',
    run: async (on) => on.ask(VIEWER, pageOf(on.server, await on.startSession())),
  },
  asked('A page of another site sends a query with the cookie', (_on, cookie) => ({ cookie, ...crossSite })),
  asked('A page on another port of the same host sends it', (_on, cookie) => {
    return { cookie, origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' };
  }),
  asked('A page of this host with another scheme sends it', ({ server }, cookie) => {
    return { cookie, origin: server.url.replace('http', 'https') };
  }),
  asked('A sandboxed frame, whose origin is null, sends it', (_on, cookie) => ({ cookie, origin: 'null' })),
  asked('A page whose origin only begins like this one sends it', ({ server }, cookie) => {
    return { cookie, origin: `${server.url}.evil.example` };
  }),
  asked('A program that has no origin replays the cookie', (_on, cookie) => ({ cookie })),
  asked('A page of an origin in CORS_ORIGINS sends it', (_on, cookie) => {
    return { cookie, origin: CORS_ORIGIN, 'sec-fetch-site': 'cross-site' };
  }),
  {
    attempt: 'A page of an origin in CORS_ORIGINS asks whether it may send credentials',
    outcome: 'no permission',
    run: async (on) => {
      const headers = { origin: CORS_ORIGIN, 'access-control-request-method': 'POST' };
      const { headers: answer } = await on.send('/graphql', headers, { method: 'OPTIONS' });
      return answer.has('access-control-allow-credentials') ? 'permission' : 'no permission';
    },
  },
  {
    attempt: 'A form of another site posts JSON as text/plain to /graphql',
    outcome: '415',
    run: async (on) => {
      const headers = { cookie: await on.startSession(), 'content-type': 'text/plain', ...crossSite };
      return post(on, '/graphql', headers, JSON.stringify({ query: MUTATION }));
    },
  },
  {
    attempt: 'An image of another site sends a mutation by GET',
    outcome: '400',
    run: async (on) => {
      const headers = { cookie: await on.startSession(), 'sec-fetch-site': 'cross-site' };
      return String((await on.send(`/graphql?query=${encodeURIComponent(MUTATION)}`, headers)).status);
    },
  },
  {
    attempt: 'An EventSource of another site subscribes with the cookie',
    outcome: '400',
    run: async (on) => {
      const headers = { cookie: await on.startSession(), accept: 'text/event-stream', ...crossSite };
      const query = encodeURIComponent('subscription { events { cursor } }');
      return String((await on.send(`/graphql?query=${query}`, headers)).status);
    },
  },
  {
    attempt: 'A page of another site opens a WebSocket with the cookie',
    outcome: '403',
    run: async (on) => handshake(on, { cookie: await on.startSession(), origin: EVIL }),
  },
  {
    attempt: 'A page of an origin in CORS_ORIGINS opens a WebSocket with the cookie',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => handshake(on, { cookie: await on.startSession(), origin: CORS_ORIGIN }),
  },
  {
    attempt: 'A form of another site uploads an artifact',
    outcome: '401',
    run: async (on) =>
      post(on, '/artifacts', { cookie: await on.startSession(), 'content-type': 'text/plain', ...crossSite }, 'x'),
  },
  {
    attempt: 'A page of another site signs the victim in as the attacker',
    outcome: '403',
    run: (on) => {
      const body = JSON.stringify({ username: 'alice', password: 'alice' });
      return post(on, '/session', { 'content-type': 'application/json', ...crossSite }, body);
    },
  },
  {
    attempt: 'A page of another site signs the victim out',
    outcome: '403, and the session continues',
    run: async (on) => {
      const cookie = await on.startSession();
      const { status } = await on.send('/session', { cookie, ...crossSite }, { method: 'DELETE' });
      const then = await on.ask(VIEWER, pageOf(on.server, cookie));
      return `${status}, and the session ${then === 'done' ? 'continues' : 'has ended'}`;
    },
  },
  asked('A cookie of the same name is added by another server of this host', ({ server }, cookie) =>
    pageOf(server, `${cookie}; signalbox=sbs_of-the-attacker`),
  ),
  {
    attempt: 'An attacker plants a cookie before the victim signs in, and uses it afterwards',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => {
      const planted = await on.startSession();
      const headers = { 'content-type': 'application/json', ...pageOf(on.server, planted) };
      await post(on, '/session', headers, JSON.stringify({ username: 'alice', password: 'alice' }));
      return on.ask(VIEWER, pageOf(on.server, planted));
    },
  },
  {
    attempt: 'A copied cookie is used after its session was deleted',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => {
      const page = pageOf(on.server, await on.startSession());
      await on.send('/session', page, { method: 'DELETE' });
      return on.ask(VIEWER, page);
    },
  },
  {
    attempt: 'The token of a cookie is sent as a bearer token',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => on.ask(VIEWER, { authorization: `Bearer ${(await on.startSession()).replace(/.*=/, '')}` }),
  },
  {
    attempt: 'An API token is sent as the cookie',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => {
      const { token } = await createToken(on, on.alice, ['analyst']);
      return on.ask(VIEWER, pageOf(on.server, `signalbox=${token}`));
    },
  },
  {
    attempt: 'A browser signs in over http from another machine',
    outcome: '403',
    run: async (on) => {
      const headers = {
        host: 'signalbox.example',
        origin: 'http://signalbox.example',
        'content-type': 'application/json',
      };
      return String((await on.send('/session', headers, { method: 'POST' })).status);
    },
  },
  {
    attempt: 'A script looks for the token in the response of POST /session',
    outcome: 'not there',
    run: async (on) => {
      const headers = { 'content-type': 'application/json', origin: on.server.url };
      const body = JSON.stringify({ username: 'bob', password: 'bob' });
      const response = await on.send('/session', headers, { method: 'POST', body });
      const text = await response.text();
      const [cookie = ''] = response.headers.getSetCookie();
      const [, token = ''] = /=(sbs_\w+);.*HttpOnly/.exec(cookie) ?? [];
      return token !== '' && !text.includes(token) ? 'not there' : 'there';
    },
  },
];
