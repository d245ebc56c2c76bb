import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  requestWithHeaders,
  startHttpServer,
  type TestHttpServer,
} from '../../../test/support/surfaces/http-server.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

describe('routes', () => {
  it('hand /graphql on, with address and trace of the caller', async () => {
    const traceId = 'ab'.repeat(16);
    const headers = { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`, 'x-forwarded-for': '1.2.3.4' };
    const response = await fetch(`${server.url}/graphql?x=1`, { method: 'POST', body: '{}', headers });
    expect(await response.json()).toEqual({ url: '/graphql?x=1', address: '127.0.0.1', traceId });
  });

  it.each([
    '',
    '00-zz-x-01',
    `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
    `ff-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
  ])('make a trace id where "%s" names none', async (traceparent) => {
    const response = await fetch(`${server.url}/graphql`, { headers: { traceparent } });
    const { traceId } = (await response.json()) as { traceId: string };
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toMatch(/^0+$|^(ab)+$/);
  });

  it('lead from / to GraphiQL, where there is one', async () => {
    const response = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
    const closed = await startHttpServer({ server: { graphiql: false } });
    expect((await fetch(`${closed.url}/`, { redirect: 'manual' })).status).toBe(404);
    await closed.stop();
  });

  it.each(['/nothing', '/graphql/', '//graphql', '/health/x', '/GRAPHQL'])('tell at %s what there is', async (path) => {
    const { status, text } = await requestWithHeaders(`${server.url}${path}`, {});
    expect(status).toBe(404);
    expect(JSON.parse(text).error).toEqual({
      code: 'NOT_FOUND',
      message: expect.stringContaining('GET|HEAD /artifacts/:digest'),
    });
  });

  it('tell with which methods they can be asked', async () => {
    for (const [path, allow] of [
      ['/health', 'GET, HEAD'],
      ['/artifacts', 'POST'],
      ['/', 'GET, HEAD'],
    ] as const) {
      const response = await fetch(`${server.url}${path}`, { method: 'DELETE' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
      expect(await response.json()).toMatchObject({ error: { message: `This method is not allowed. Use ${allow}.` } });
    }
  });

  it('answer an unexpected failure with a reference and nothing more', async () => {
    const failing = await startHttpServer({
      graphql: () => {
        throw new Error('s3cret detail');
      },
    });
    const response = await fetch(`${failing.url}/graphql`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('s3cret');
    const fields = failing.logs.find((line) => line.event === 'http.failed')?.fields;
    expect(fields).toMatchObject({ error: { message: 's3cret detail' } });
    expect(JSON.parse(text).error).toEqual({
      code: 'INTERNAL',
      message: expect.stringContaining(String(fields?.traceId)),
    });
    await failing.stop();
  });

  it('count each request by its pattern', async () => {
    const local = await startHttpServer();
    await fetch(`${local.url}/artifacts/${'a'.repeat(64)}`);
    await fetch(`${local.url}/unknown/path`, { method: 'PROPFIND' });
    await fetch(`${local.url}/health`);
    await eventually(() => local.requests.length === 3, 'three are counted');
    expect(local.requests).toEqual([
      { route: '/artifacts/:digest', method: 'GET', status: 401 },
      { route: 'other', method: 'OTHER', status: 404 },
      { route: '/health', method: 'GET', status: 200 },
    ]);
    await local.stop();
  });
});
