import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './text-frame.ts';

describe('a text frame', () => {
  it('is read by a client as the text of its parts, whatever its length', async () => {
    const lengths = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 1_000_000];
    const texts = lengths.map((length) => 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2));
    const http = createServer().listen(0, '127.0.0.1');
    const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    http.on('upgrade', (req, stream, head) => {
      server.handleUpgrade(req, stream, head, (socket) => {
        for (const text of texts) {
          const bytes = Buffer.from(text);
          const middle = bytes.byteLength >> 1;
          stream.write(textFrame(bytes.subarray(0, middle), bytes.subarray(middle)));
          socket.send('from ws');
        }
      });
    });
    await once(http, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    const received: string[] = [];
    client.on('message', (data, isBinary) => received.push(isBinary ? 'binary' : String(data)));
    await expect.poll(() => received.length).toBe(2 * texts.length);
    expect(received).toEqual(texts.flatMap((text) => [text, 'from ws']));
    client.terminate();
    server.close();
    http.close();
  });
});
