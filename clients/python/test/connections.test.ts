import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/bus/certificates.ts';
import { COMPLETE, logBatch, openStream, startFakeServer, startFakeTlsServer } from './fake-server.ts';
import { outputOf } from './python-program.ts';

const READ_LOG = `
import logging
logging.disable()
client = Client(os.environ['SIGNALBOX_URL'], token='secret', timeout=1, silence_timeout=0.5)
for line in client.runs.logs('run_1'): print(line['text'])`;

let folder: string;
let authority: ReturnType<typeof createAuthority>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-python-'));
  authority = createAuthority(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a connection', () => {
  it('with TLS needs a certificate that is trusted, and has the same limits', async () => {
    await using server = await startFakeTlsServer(
      authority.issue('IP:127.0.0.1'),
      (response) => openStream(response).write(logBatch('one')),
      (response) => openStream(response).end(logBatch('two') + COMPLETE),
    );
    const options = { url: server.url, env: { SSL_CERT_FILE: authority.cert } };
    expect(await outputOf(READ_LOG, options)).toEqual(['one', 'two']);
    const untrusting = `
try: next(client.runs.logs('run_1'))
except SignalboxError as error: print(error.code, 'not trusted' in error.message)`;
    expect(await outputOf(untrusting, { url: server.url })).toEqual(['BAD_RESPONSE True']);
    expect(server.requests.length).toBe(2);
  });

  it('is made by the proxy of the environment', async () => {
    await using proxy = await startFakeServer((response) => openStream(response).end(logBatch('one') + COMPLETE));
    const options = { url: 'http://signalbox.example/base/', env: { http_proxy: proxy.url } };
    expect(await outputOf(READ_LOG, options)).toEqual(['one']);
    expect(proxy.requests).toMatchObject([
      { path: 'http://signalbox.example/base/graphql', authorization: 'Bearer secret' },
    ]);
  });

  it.each(['localhost:4000', 'ftp://localhost', 'nothing', 'http://', 'http://local host', 'http://a:b'])(
    'to %s is refused',
    async (url) => {
      const program = `
try: Client(os.environ['ADDRESS'])
except SignalboxError as error: print(error.code)`;
      expect(await outputOf(program, { url: 'http://localhost', env: { ADDRESS: url } })).toEqual(['BAD_INPUT']);
    },
  );
});
