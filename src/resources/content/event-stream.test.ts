import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { EventSource } from 'undici';
import { describe, expect, it } from 'vitest';
import { readEvents } from './event-stream.ts';

interface NamedEvent {
  readonly name: string;
  readonly data: string;
}

async function read(chunks: readonly Uint8Array[]): Promise<NamedEvent[]> {
  const events: NamedEvent[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const { event = 'message', data } of readEvents(body)) {
    if (data !== '') events.push({ name: event, data });
  }
  return events;
}

const NAMES = ['message', 'ping', 'endpoint'];

/** The same bytes as another implementation of the HTML standard reads them, over a socket. */
async function readByEventSource(chunks: readonly Uint8Array[]): Promise<NamedEvent[]> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const source = new EventSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const events: NamedEvent[] = [];
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      const { data } = event as MessageEvent<string>;
      if (data !== '') events.push({ name, data });
    });
  }
  // It reports the end of the response as an error.
  await once(source, 'error');
  source.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return events;
}

function cut(text: string, lengths: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0) {
    chunks.push(bytes.subarray(at, at + (lengths[chunks.length % lengths.length] ?? 1)));
  }
  return chunks;
}

describe('server-sent events', () => {
  it('are those that another reader finds, however the stream is written and cut', async () => {
    const field = fc.oneof(
      fc.tuple(fc.constantFrom('data', 'event', 'id', 'other', ''), fc.constantFrom(':', ': ', ':  '), fc.string()),
      fc.constantFrom(...NAMES).map((name) => ['event', ':', name]),
      fc.constantFrom('data', 'data:', ': comment', '').map((line) => [line]),
      fc.string({ unit: 'grapheme' }).map((text) => ['data', ': ', text]),
    );
    const line = fc.tuple(
      field.map((parts) => parts.join('').replaceAll(/[\r\n\0]/g, '')),
      fc.constantFrom('\n', '\r\n', '\r'),
    );
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 30 }),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n'),
        lengths,
        async (lines, hasMark, end, sizes) => {
          // Not comparable: a name that nobody listens to, and an empty one, which the other reader does not assign.
          const known = lines.filter(([text]) => !text.startsWith('event:') || NAMES.includes(text.slice(6).trim()));
          const text = known.map((parts) => parts.join('')).join('');
          const chunks = cut(`${hasMark ? '\ufeff' : ''}${text}\n${end}${end}`, sizes);
          expect(await read(chunks)).toEqual(await readByEventSource(chunks));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have the last name that their lines assign, and no name after an empty one', async () => {
    expect(await read([Buffer.from('event: ping\nevent:\ndata: a\n\nevent:\nevent: ping\ndata: b\n\n')])).toEqual([
      { name: 'message', data: 'a' },
      { name: 'ping', data: 'b' },
    ]);
  });

  it('include the one that the end of the stream leaves open', async () => {
    expect(await read([Buffer.from('data: a\n\ndata: b')])).toEqual([
      { name: 'message', data: 'a' },
      { name: 'message', data: 'b' },
    ]);
  });

  it('arrive before the end of the stream, and no more is read once nobody wants them', async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('data: again\n\n')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const { data } of readEvents(endless)) {
      expect(data).toBe('again');
      break;
    }
    expect(cancelled).toBe(true);
  });
});
