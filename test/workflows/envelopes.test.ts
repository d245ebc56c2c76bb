import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebServer } from '../support/web-server.ts';
import { startDocumentServer } from '../support/workflow/document-server.ts';

let documents: Awaited<ReturnType<typeof startDocumentServer>>;
let web: WebServer;

const execute = (command: string, options: object) => documents.execute({ command, options });

beforeAll(async () => {
  documents = await startDocumentServer();
  ({ web } = documents);
});

afterAll(() => documents?.close());

describe('an envelope', () => {
  it('of from-url has an error at the place of what cannot be read, and gives JSON as JSON and bytes as base64', async () => {
    const uris = [
      'data:application/json,%5B1%5D',
      `http://${web.host}/gone`,
      'data:application/octet-stream;base64,/w==',
    ];
    const { resource } = await execute('from-url', { source_uris: uris });
    expect(JSON.parse(resource.text)).toMatchObject([
      { media_type: 'application/json', json: [1] },
      { uri: uris[1], error: { code: 'NOT_FOUND', message: expect.stringContaining('404') } },
      { base64: '/w==', size: 1 },
    ]);
  });

  it.each([
    ['from-url', { input_uri: 'data:text/plain,abc' }, 'text/plain'],
    ['FROM_URL', { payload_b64: 'YWJj' }, 'application/octet-stream'],
    ['resources', { uri: 'data:text/plain,abc' }, 'text/plain'],
  ])('of %s with one resource gives its bytes: %j', async (name, request, mediaType) => {
    const { resource } = await execute(name, request);
    expect(resource).toEqual({ mediaType: expect.stringContaining(mediaType), text: 'abc' });
  });

  it.each([
    ['alice', 'introspect', {}],
    ['bob', 'introspect', {}],
    ['bob', 'from-url', { source_uris: ['data:,a', 'data:,b'] }],
  ] as const)('of a query is answered for %s under the shipped policy: %s', async (who, command, options) => {
    const { run } = await documents.execute({ command, options }, who);
    expect(run.state).toBe('SUCCEEDED');
  });

  it('of from-url is refused when the policy denies one of its resources', async () => {
    const options = { source_uris: ['data:,a', `http://${web.host}/products.csv`] };
    const input = { command: 'from-url', options };
    const refused = await documents.execute(input, 'bob');
    expect(refused).toMatchObject({ code: 'FORBIDDEN', decision: { canonicalUri: `http://${web.host}/products.csv` } });
  });

  it.each([
    ['from-url', { source_uris: 'data:,a' }, 'source_uris must be a list of URIs'],
    ['from-url', { source_uris: [] }, 'source_uris must be a list of URIs'],
    ['from-url', { source_uris: [5] }, 'source_uris must be a list of URIs'],
    ['from-url', { source_uris: Array(21).fill('data:,a') }, '/uris must NOT have more than 20 items'],
    ['from-url', { payload_b64: 'YQ==', input_uri: 'data:,a' }, 'both state uri'],
    ['from-url', {}, 'must NOT have fewer than 1 properties'],
    ['converttojson', { source_uris: ['data:,a', 'data:,b'] }, 'names 2 resources, but a command reads one'],
    ['introspect', { meta: { all: true } }, '/all is not an option that exists'],
  ])('of %s is refused with its reason: %j', async (name, request, message) => {
    expect(await execute(name, request)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });

  it('asked for twice with one key runs once, in each form, and not with another output_mime', async () => {
    const ask = (command: string, options: object) => documents.execute({ command, options, idempotencyKey: 'twice' });
    const first = await ask('convertToBase64', { source: { uri: 'data:text/plain,abc' } });
    const again = await ask('converttobase64', { input_uri: 'data:text/plain,abc' });
    const other = await ask('converttobase64', { input_uri: 'data:text/plain,abc', output_mime: 'text/plain' });
    expect(again.run.id).toBe(first.run.id);
    expect(other).toMatchObject({ code: 'CONFLICT' });
  });

  it('of from-url with both forms fails with what to do', async () => {
    const { run } = await execute('from-url', { input_uri: 'data:,a', source_uris: ['data:,b'] });
    expect(run).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT', message: 'Set either uri or uris, not both: what to read.' },
    });
  });

  it.each([
    ['fetsch', /^Unknown command fetsch\. Did you mean fetch\? Available: .*, resources, catalog\.$/],
    ['x'.repeat(100_000), /^Unknown command x{64}\. Available/],
  ])('of an unknown name is refused with the names that exist', async (name, message) => {
    const refused = await execute(name, { input_uri: 'data:,a' });
    expect(refused).toMatchObject({ code: 'NOT_FOUND', message: expect.stringMatching(message) });
  });

  it.each([
    [{ payload_b64: 'YQ==', input_uri: 'data:,a' }, 'both state source'],
    [{ payload_b64: 'no base64!' }, 'payload_b64 is not valid Base64'],
    [{ input_uri: 5 }, 'input_uri must be a string'],
    [{ input_uri: 'data:,a', meta: [] }, 'meta must be an object'],
  ])('%j is refused with its reason', async (request, message) => {
    expect(await execute('converttojson', request)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });
});
