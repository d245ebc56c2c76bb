import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw, startHttpServer, type TestHttpServer } from '../../../test/support/surfaces/http-server.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

describe('a WebSocket handshake', () => {
  const handshake = (path: string, headers = '') =>
    `GET ${path} HTTP/1.1\r\nHost: signalbox.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`;
  const answerTo = async (text: string) => (await connectRaw(server.port, text).closed).split('\r\n')[0];

  it('on /graphql is handed on, from programs and from allowed origins', async () => {
    expect(await answerTo(handshake('/graphql'))).toContain(' 101 ');
    expect(await answerTo(handshake('/graphql?x=1', 'Origin: https://signalbox.example\r\n'))).toContain(' 101 ');
    expect(await answerTo(handshake('/graphql', 'Origin: https://app.example\r\n'))).toContain(' 101 ');
  });

  it('from another origin or on another path is refused', async () => {
    expect(await answerTo(handshake('/graphql', 'Origin: https://evil.example\r\n'))).toContain(' 403 ');
    expect(await answerTo(handshake('/graphql', 'Origin: null\r\n'))).toContain(' 403 ');
    expect(await answerTo(handshake('/other'))).toContain(' 404 ');
  });

  it('for another protocol is served as the plain request that it is', async () => {
    const h2c = 'GET /health HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n';
    expect(await answerTo(h2c)).toContain(' 200 ');
  });

  it('on which the handler fails is answered, and the process survives', async () => {
    const failing = await startHttpServer({
      upgrade: () => {
        throw new Error('a bug');
      },
    });
    expect(await connectRaw(failing.port, handshake('/graphql')).closed).toMatch(/^HTTP\/1\.1 500 .*reference/s);
    expect((await fetch(`${failing.url}/health`)).status).toBe(200);
    await failing.stop();
  });

  it('that is reset at once does not end the process', async () => {
    for (let i = 0; i < 5; i++) connectRaw(server.port, handshake('/graphql')).socket.resetAndDestroy();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
