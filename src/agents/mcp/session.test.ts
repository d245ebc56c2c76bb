import { describe, expect, it } from 'vitest';
import { connectScripted } from '../../../test/support/agents/connect-scripted.ts';
import { type ScriptedReply, sendMessage } from '../../../test/support/agents/scripted-mcp-server.ts';

const seen = { text: 'seen', content: [{ type: 'text', text: 'seen' }] };

describe('a server of 2026-07-28', () => {
  const VERSION = 'io.modelcontextprotocol/protocolVersion';
  const discovered = { resultType: 'complete', capabilities: {} };

  it('is used without a handshake: each request says who asks, in its headers too', async () => {
    const schema = { type: 'object', properties: { where: { type: 'string', 'x-mcp-header': 'Where' } } };
    const odd = { type: 'object', properties: { n: { type: 'number', 'x-mcp-header': 'N' } } };
    const { server, connection, session } = await connectScripted({
      'server/discover': { ...discovered, supportedVersions: ['2027-01-01', '2026-07-28'] },
      'tools/list': {
        tools: [
          { name: 'look', inputSchema: schema },
          { name: 'odd', inputSchema: odd },
        ],
      },
    });
    expect((await connection.tools()).map(({ name }) => name)).toEqual(['look']);
    expect(await connection.call('look', { where: ' Zürich' }, session.signal)).toEqual(seen);
    expect(server.requests.map(({ method }) => method)).toEqual([...['server/discover', 'tools/list', 'tools/call']]);
    const call = server.requests.at(-1);
    expect(call?.params._meta).toMatchObject({ [VERSION]: '2026-07-28' });
    expect(call?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'look',
      'mcp-param-where': `=?base64?${Buffer.from(' Zürich').toString('base64')}?=`,
    });
  });

  it('that was too slow for the first request, and rejects a handshake, is asked again', async () => {
    let asked = 0;
    const { server, call } = await connectScripted({
      initialize: ({ id }, response) =>
        sendMessage(response, { id: id ?? 0, error: { code: -32_601, message: 'unknown method' } }, 404),
      'server/discover': ({ id }, response) => {
        asked += 1;
        const result = { ...discovered, supportedVersions: ['2026-07-28'] };
        if (asked > 1) sendMessage(response, { id: id ?? 0, result });
      },
    });
    expect(await call()).toMatchObject({ output: seen });
    expect(server.count('initialize')).toBe(1);
  });

  it.each<[string, ScriptedReply]>([
    ['in its list of versions', { ...discovered, supportedVersions: ['2027-01-01'] }],
    [
      'in an error',
      ({ id }, response) => {
        const data = { supported: ['2027-01-01'], requested: '2026-07-28' };
        sendMessage(response, { id: id ?? 0, error: { code: -32_022, message: 'unsupported', data } }, 400);
      },
    ],
  ])('that has only later versions, which it says %s, is not asked for a handshake', async (_, reply) => {
    const connecting = connectScripted({ 'server/discover': reply });
    await expect(connecting).rejects.toMatchObject({
      code: 'RESOURCE_UNREACHABLE',
      message: expect.stringContaining('its protocol version is not supported: 2027-01-01'),
    });
  });
});

describe('a server of an earlier version', () => {
  const unsupported = { supported: ['2025-11-25'], requested: '2026-07-28' };
  it.each<[string, ScriptedReply]>([
    ['nothing', () => {}],
    ['an error of HTTP', (_, response) => void response.writeHead(405).end('Method Not Allowed')],
    ['a page', (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>MCP</h1>')],
    ['an empty result', {}],
    [
      'its versions',
      ({ id }, response) =>
        sendMessage(response, { id: id ?? 0, error: { code: -32_022, message: 'no', data: unsupported } }, 400),
    ],
  ])('gets a handshake when its answer to the first request is %s', async (_, reply) => {
    const { server, call } = await connectScripted({ 'server/discover': reply });
    expect(await call()).toMatchObject({ output: seen });
    expect(server.requests.map(({ method }) => method)).toEqual([
      ...['server/discover', 'initialize', 'notifications/initialized', 'tools/list', 'tools/call'],
    ]);
    expect(server.requests.map(({ headers }) => headers['mcp-protocol-version'])).toEqual([
      ...['2026-07-28', undefined, '2025-11-25', '2025-11-25', '2025-11-25'],
    ]);
  });
});
