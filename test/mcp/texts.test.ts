import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMcp } from '../support/mcp/connect-mcp.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { connectRaw } from '../support/surfaces/http-server.ts';
import { until } from '../support/until.ts';

const LATIN1_XML = '<?xml version="1.0" encoding="ISO-8859-1"?><city>Zürich</city>';

let server: Server;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await tokenFor('ada', { roles: ['admin'] });
});
afterAll(() => server.stop());

describe('an artifact read with resources/read', () => {
  it.each([
    ['XML that declares its encoding', 'application/xml', LATIN1_XML, 'application/xml;charset=utf-8'],
    ['text whose media type has a charset', 'text/csv;charset=iso-8859-1', 'Zürich', 'text/csv;charset=utf-8'],
    ['ASCII that declares another encoding', 'text/xml', LATIN1_XML.replace('ü', 'u'), 'text/xml;charset=utf-8'],
  ])('is, for %s, the text of its characters, and says that this is UTF-8', async (_, mediaType, text, mimeType) => {
    const init = { method: 'POST', headers: { 'content-type': mediaType }, body: Buffer.from(text, 'latin1'), token };
    const { digest } = (await (await server.fetch('/artifacts', init)).json()) as { digest: string };
    const client = await connectMcp(server, token);
    const uri = `artifact:sha256/${digest}`;
    expect((await client.readResource({ uri })).contents).toEqual([{ uri, mimeType, text }]);
    await client.close();
  });

  it.each([
    ['bytes of a charset that nobody knows', 'text/csv;charset=x-nobody'],
    ['bytes without a charset', 'text/csv'],
    ['bytes that are not text', 'image/png;charset=iso-8859-1'],
  ])('is Base64 for %s', async (_, mediaType) => {
    const body = Buffer.from(`Zürich, ${mediaType}`, 'latin1');
    const init = { method: 'POST', headers: { 'content-type': mediaType }, body, token };
    const { digest } = (await (await server.fetch('/artifacts', init)).json()) as { digest: string };
    const client = await connectMcp(server, token);
    const [content] = (await client.readResource({ uri: `artifact:sha256/${digest}` })).contents;
    expect(content).toMatchObject({ mimeType: mediaType, blob: body.toString('base64') });
    await client.close();
  });
});

describe('a POST to /mcp', () => {
  const message = (text: string) => `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"text":"${text}"}}`;
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

  it('that is not UTF-8 is refused, not altered', async () => {
    const body = Buffer.from(message('Zürich'), 'latin1');
    const response = await server.fetch('/mcp', { method: 'POST', headers, body, token });
    expect([response.status, await response.json()]).toEqual([
      400,
      { jsonrpc: '2.0', id: null, error: { code: -32_700, message: expect.stringContaining('not UTF-8') } },
    ]);
  });

  it.each([
    ['401', { authorization: 'Bearer wrong' }],
    ['413', { 'content-length': '100000000' }],
    ['415', { 'content-type': 'text/plain' }],
    ['406', { accept: 'text/html' }],
  ])('that will be a %s is not told to continue', async (status, different) => {
    const raw = expectContinue({ 'content-length': '10', ...different });
    await until('it is answered', () => raw.received().includes('\r\n\r\n'));
    expect(raw.received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    raw.socket.destroy();
  });

  it('is told to continue when only its body is missing', async () => {
    const body = message('Bern');
    const raw = expectContinue({ 'content-length': String(body.length) });
    await until('it is told so', () => raw.received().startsWith('HTTP/1.1 100 Continue\r\n'));
    raw.socket.write(body);
    await until('it is answered', () => raw.received().includes('"jsonrpc":"2.0"'));
    raw.socket.destroy();
  });

  function expectContinue(different: Record<string, string>) {
    const all = { host: 'localhost', authorization: `Bearer ${token}`, ...headers, ...different };
    const lines = Object.entries({ ...all, expect: '100-continue' }).map(([name, value]) => `${name}: ${value}\r\n`);
    return connectRaw(Number(new URL(server.url).port), `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n`);
  }
});
