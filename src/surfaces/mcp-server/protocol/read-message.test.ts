import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readMessage } from './read-message.ts';

/** What a POST of this text is read as, by a real server; or the words of its refusal. */
async function read(body: string | Buffer<ArrayBuffer>): Promise<unknown> {
  const read = Promise.withResolvers<unknown>();
  const server = createServer((req, res) => {
    readMessage(req, res, 1_000_000)
      .then(read.resolve, (error: Error) => read.resolve(error.message))
      .finally(() => res.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body });
  server.close();
  return read.promise;
}

it('a message has no text that the journal does not keep', async () => {
  expect(await read('{"a":"\\ud800 and \\u0000"}')).toEqual({ body: { a: '\uFFFD and \uFFFD' } });
});

it('a message that nests too deeply is refused before anything walks it', async () => {
  expect(await read(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toMatch(/deep/);
});

it('a message that is not UTF-8 is refused, not altered', async () => {
  expect(await read(Buffer.from('{"city":"Zürich"}', 'latin1'))).toMatch(/not UTF-8/);
});

it.each(['', '{', 'null,'])('%j is no message', async (text) => {
  expect(await read(text)).toMatch(/JSON/);
});
