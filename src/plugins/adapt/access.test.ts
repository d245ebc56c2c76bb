import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../test/support/agents/agent-session.ts';
import { startWebServer, type WebServer } from '../../../test/support/web-server.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import { createOutgoing, type Outgoing } from '../../resources/outgoing/outgoing.ts';
import type { PluginSession } from '../definition/context.ts';
import { toPluginSession } from './access.ts';

let web: WebServer;
let outgoing: Outgoing;
const received: string[] = [];
beforeAll(async () => {
  web = await startWebServer(async (request, response) => {
    received.push(`${request.method} ${request.headers.authorization} ${await text(request)}`);
    if (request.url === '/moved') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    else response.writeHead(201).end('created');
  });
  outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [web.host], headerTimeoutMs: 5_000 });
});
afterAll(async () => {
  await outgoing.close();
  await web.close();
});

let inner: TestSession;
afterEach(async () => {
  received.length = 0;
  await inner.close();
});

/** The session of a plugin whose action is `step:thing`, about whose URLs the policy was asked. */
function open(asked: readonly string[] = [], options: TestSessionOptions = {}): PluginSession {
  inner = createTestSession(options);
  return toPluginSession(inner, 'step:thing', asked.map(canonicalUri), { outgoing, canonicalize: canonicalUri });
}

describe('fetch of a plugin', () => {
  it('sends a request with a body and a secret, for which the policy is asked', async () => {
    const session = open([], { secrets: { KEY: 'a key' } });
    const headers = { authorization: 'Bearer secret:KEY' };
    const response = await session.fetch(`${web.url}/things`, { method: 'POST', headers, body: 'a thing' });
    expect([response.status, await response.text()]).toEqual([201, 'created']);
    expect(received).toEqual(['POST Bearer a key a thing']);
    expect(inner.authorized).toEqual([`step:thing ${web.url}/things`, `secret:KEY ${web.url}/things`]);
  });

  it('asks the policy about each request, except the first to a URI about which it was asked before', async () => {
    const session = open([web.url]);
    for (const _ of [1, 2]) await (await session.fetch(web.url)).text();
    await (await session.fetch(`${web.url}/other`)).text();
    expect(inner.authorized).toEqual([`step:thing ${web.url}/`, `step:thing ${web.url}/other`]);
  });

  it('sends nothing that the policy denies', async () => {
    const session = open([], { forbidden: ['step:thing'] });
    await expect(session.fetch(web.url)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(received).toEqual([]);
  });

  it('reaches no private address, follows no redirect, and speaks HTTP only', async () => {
    const session = open();
    await expect(session.fetch('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(session.fetch(`${web.url}/moved`)).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
    await expect(session.fetch('file:///etc/passwd')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(received).toHaveLength(1);
  });

  it('ends with its step', async () => {
    const session = open();
    inner.stop.abort();
    await expect(session.fetch(web.url)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
