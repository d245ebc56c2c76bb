import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminUntil, EVENTS, RUN_EVENTS, seqsOf, upTo } from '../../../../test/support/surfaces/event-subscriptions.ts';
import { ADMIN, startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

describe('a subscription over server-sent events', () => {
  const sse = (query: string, variables: object, token = ADMIN, signal?: AbortSignal) =>
    fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      ...(signal && { signal }),
    });

  it('brings the same batches, and completes', async () => {
    const id = await api.appendRun(5);
    const response = await sse(RUN_EVENTS, { id });
    const text = await response.text();
    const batches = [...text.matchAll(/^data: (\{.*\})$/gm)].map(
      ([, json]) => JSON.parse(json as string).data.runEvents,
    );
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(seqsOf(batches)).toEqual(upTo(8));
    expect(text).toContain('event: complete');
  });

  it('waits for a reader that stops reading, and lets little wait', async () => {
    const id = await api.appendRun(20_000, { text: 'x'.repeat(500) });
    const request = httpRequest(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${ADMIN}` },
    });
    request.end(JSON.stringify({ query: RUN_EVENTS, variables: { id } }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await new Promise((resolve) => setTimeout(resolve, 500));
    const waiting = Math.max(...[...api.connections].map(({ writableLength }) => writableLength));
    expect(waiting).toBeLessThan(1024 * 1024);
    const events = (await text(response)).match(/"seq":/g)?.length;
    expect(events).toBe(20_003);
  });

  it('ends with its reader', async () => {
    const stop = new AbortController();
    await sse(EVENTS, {}, ADMIN, stop.signal);
    await expect.poll(() => api.subscriptions.open).toBe(1);
    stop.abort();
    await expect.poll(() => api.subscriptions.open).toBe(0);
  });

  it('is cut off, not completed, when the server stops, so that the reader comes back', async () => {
    const stopping = await startGraphql();
    const response = await fetch(stopping.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ query: EVENTS }),
    });
    await expect.poll(() => stopping.subscriptions.open).toBe(1);
    stopping.draining.abort();
    await expect(response.text()).rejects.toThrow();
    expect(stopping.subscriptions.open).toBe(0);
    await stopping.close();
  });

  it('tells why it ends when the token expires', async () => {
    api.tokens.set('brief', adminUntil(api, 300));
    const text = await (await sse(EVENTS, {}, 'brief')).text();
    expect(text).toContain('UNAUTHENTICATED');
  });

  it('is refused with a status when the caller is nobody, or does not accept it', async () => {
    const nobody = await sse(EVENTS, {}, '');
    expect(nobody.status).toBe(401);
    const json = await api.send({
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ query: EVENTS }),
    });
    expect([json.status, json.errors[0].extensions.code]).toEqual([406, 'BAD_INPUT']);
    await expect.poll(() => api.subscriptions.open).toBe(0);
  });
});
