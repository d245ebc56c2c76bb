import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalUri } from '../canonical-uri.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';

const ADA = { tenant: 'north', subject: 'ada' };
const BOB = { tenant: 'north', subject: 'bob' };

describe('a host that does not answer the requests of one user', () => {
  let requests = 0;
  let origin: string;
  let outgoing: Outgoing;
  const stop = new AbortController();
  const server = createServer((request, response) => {
    requests += 1;
    if (request.url !== '/silent') response.end('here');
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    origin = `http://${host}`;
    outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [host], headerTimeoutMs: 30_000 });
  });
  afterAll(async () => {
    stop.abort();
    await outgoing.close();
    server.closeAllConnections();
    server.close();
  });
  const read = async (path: string, owner: typeof ADA) => {
    const request = { headers: {}, owner, signal: stop.signal, timeoutMs: 30_000 };
    return text((await outgoing.request(canonicalUri(origin + path), request)).body);
  };
  const exchange = async (path: string, owner: typeof ADA) => {
    const fetch = outgoing.fetch(canonicalUri(origin), { maxBytes: 100, idleMs: 30_000, owner, signal: stop.signal });
    return (await fetch(origin + path)).text();
  };

  it.each([
    ['reads', read, 56],
    ['sessions', exchange, 224],
  ])('still has places for %s of another', async (_, send, share) => {
    requests = 0;
    for (let i = 0; i < 300; i += 1) send('/silent', ADA).catch(() => {});
    await expect.poll(() => requests).toBe(share);
    expect(await send('/', BOB)).toBe('here');
    expect(requests).toBe(share + 1);
  });
});
