import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ADMIN, startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';
import { commands } from '../../../commands/registry.ts';
import type { Health } from '../../../core/telemetry.ts';
import { createAdmission } from '../operations/admission.ts';
import { createDocumentCache } from '../operations/document-cache.ts';
import { resolveAnyDocument } from '../operations/trusted-documents.ts';
import { buildSchema } from '../schema/schema.ts';
import { createFastPath } from './fast-path.ts';

const health = vi.fn<() => Promise<Health>>(async () => ({ status: 'OK', version: '1', uptimeMs: 1, checks: [] }));
let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({ app: { health } });
});
afterAll(() => api.close());

const ACCEPTS = [undefined, '*/*', 'application/json', 'application/json, */*', 'image/png;q=0.1, */*'];
const RESPONSE = 'application/graphql-response+json';
/** As the SDK sends it (clients/sdk/src/transport/send-operation.ts). */
const SDK_ACCEPT = `${RESPONSE}, application/json;q=0.9`;

const post = async (query: string, accept?: string, more: object = {}) => {
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN}`, ...(accept && { accept }) },
    body: JSON.stringify({ query, ...more }),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, length: response.headers.get('content-length'), text: await response.text() };
};

it('gives the same answer as Yoga', async () => {
  const query = '{ health { status } viewer { username } }';
  const text = '{"data":{"health":{"status":"OK"},"viewer":{"username":"admin"}}}';
  for (const accept of ACCEPTS) {
    const type = 'application/json; charset=utf-8';
    expect(await post(query, accept), accept ?? 'none').toEqual({ status: 200, type, length: `${text.length}`, text });
  }
  for (const accept of [RESPONSE, SDK_ACCEPT, `application/json;q=0.9, ${RESPONSE}`]) {
    const type = `${RESPONSE}; charset=utf-8`;
    expect(await post(query, accept), accept).toEqual({ status: 200, type, length: `${text.length}`, text });
  }
});

it.each([
  SDK_ACCEPT,
  RESPONSE,
  'application/json',
  'application/json;q=0.1, image/png',
  `image/png, ${RESPONSE};q=0.5`,
])('serves Accept: %s itself, with the answer of Yoga', async (accept) => {
  const schema = buildSchema(commands);
  const documents = createDocumentCache(schema, api.app);
  const admit = createAdmission(schema, documents);
  const answer = createFastPath({ app: api.app, schema, documents, admit, resolveDocument: resolveAnyDocument });
  const fastOnly = createServer(async (req, res) => {
    const fallback = await answer(req, res, { address: '127.0.0.1', draining: new AbortController().signal });
    if (fallback) res.writeHead(501).end();
  }).listen(0, '127.0.0.1');
  await once(fastOnly, 'listening');
  const query = '{ health { status } viewer { username } catalog { commands { name } } }';
  const headers = { accept, authorization: `Bearer ${ADMIN}` };
  const fast = await fetch(`http://127.0.0.1:${(fastOnly.address() as AddressInfo).port}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  // Yoga answers every GET.
  const yoga = await fetch(`${api.url}?${new URLSearchParams({ query })}`, {
    headers: { ...headers, 'graphql-require-preflight': '1' },
  });
  const contents = async (response: Response) => ({
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  });
  const expected = await contents(yoga);
  expect(expected.status).toBe(200);
  expect(await contents(fast)).toEqual(expected);
  fastOnly.close();
});

it('counts the length of an answer in bytes', async () => {
  const query = 'query ($u: [URI!]!) { resources(uris: $u) { text } }';
  const { length, text } = await post(query, undefined, {
    variables: { u: ['data:text/plain;charset=utf-8,%F0%9D%84%9E'] },
  });
  expect(JSON.parse(text)).toEqual({ data: { resources: [{ text: '𝄞' }] } });
  expect(length).toBe(String(Buffer.byteLength(text)));
});

it('runs an operation once, also when its answer is left to Yoga', async () => {
  const mutation = 'mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) { __typename } }';
  const runs = async () => JSON.parse((await post('{ runs { totalCount } }')).text).data.runs.totalCount;
  for (const accept of ['*/*', 'text/event-stream', RESPONSE]) {
    const before = await runs();
    const { text } = await post(mutation, accept);
    expect(JSON.parse(text.replace(/^[^{]*|[^}]*$/g, '')).data.convertToJson.__typename).toBe('CommandOutcome');
    expect(await runs()).toBe(before + 1);
  }
  health.mockClear();
  health.mockRejectedValueOnce(new Error('hunter2'));
  const failed = await post('{ catalog { commands { name } } health { status } }');
  expect([failed.status, JSON.parse(failed.text).errors[0].extensions.code]).toEqual([200, 'INTERNAL']);
  expect(health).toHaveBeenCalledTimes(1);
});

it('reports an error with the status that the media type requires', async () => {
  const statuses = async (query: string, more?: object) => [
    (await post(query, 'application/json', more)).status,
    (await post(query, RESPONSE, more)).status,
  ];
  expect(await statuses('{ nothing }')).toEqual([422, 422]);
  expect(await statuses('{ health ')).toEqual([400, 400]);
  expect(await statuses('query ($i: ID!) { run(id: $i) { id } }', { variables: {} })).toEqual([422, 422]);
  expect(await statuses('query A { health { status } }', { operationName: 'B' })).toEqual([422, 422]);
  expect(await statuses('query A { health { status } } query B { health { status } }')).toEqual([422, 422]);
  expect(await statuses('subscription { events { cursor } }')).toEqual([406, 406]);
  expect(await statuses('{ resources(uris: ["gopher://x"]) { text } }')).toEqual([200, 200]);
});

it('aborts what reads for a client when the client has gone', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  const read = vi.spyOn(api.app.resources, 'read').mockImplementation((_source, { signal }) => {
    signal.addEventListener('abort', () => abort(), { once: true });
    ask();
    return new Promise(() => {});
  });
  const body = JSON.stringify({ query: '{ resources(uris: ["data:,a"]) { text } }' });
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ADMIN}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await asked;
  socket.destroy();
  await aborted;
  read.mockRestore();
});
