import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { outputOf } from './python-program.ts';

let files: string;
let server: Server;
let token: string;
beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'signalbox-python-'));
  server = await startServer();
  token = await tokenFor('admin', { roles: ['admin'] });
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await rm(files, { recursive: true, force: true });
});

/** What a program with a `client` prints. */
const run = (program: string, env: Record<string, string> = {}) => outputOf(program, { url: server.url, token, env });

describe('artifacts', () => {
  it('are streamed from a file and into one, whole or a range', async () => {
    const file = join(files, 'large.bin');
    const bytes = Buffer.alloc(48 * 1024 * 1024, 'Signalbox');
    await writeFile(file, bytes);
    const lines = await run(
      `
import shutil
from pathlib import Path
path = Path(os.environ['FILE'])
with path.open('rb') as file: stored = client.upload(file, name='large.bin', media_type='text/plain')
print(stored['digest'], stored['size'], stored['uri'] == 'artifact:sha256/' + stored['digest'])
with client.download(stored['digest']) as content, path.with_suffix('.copy').open('wb') as copy:
    print(content.size, content.media_type)
    shutil.copyfileobj(content, copy)
print(client.download(stored['digest'], range='bytes=9-17').read())
print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM:')][0])`,
      { FILE: file },
    );
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(lines.slice(0, 3)).toEqual([`${digest} ${bytes.length} True`, `${bytes.length} text/plain`, "b'Signalbox'"]);
    expect((await stat(join(files, 'large.copy'))).size).toBe(bytes.length);
    // In KiB: less than the file.
    expect(Number(lines[3])).toBeLessThan(48 * 1024);
  });

  it('are refused with the reason of the server', async () => {
    const lines = await run(`
import io
print(client.upload(b'', name='empty')['size'])
class Broken(io.RawIOBase):
    def read(self, size=-1): raise OSError('the disk is broken')
for call in (
    lambda: client.upload(b'a', name='../a'),
    lambda: client.download('0' * 64),
    lambda: Client(os.environ['SIGNALBOX_URL'], token='wrong').upload(io.BytesIO(b'a' * 9_000_000), name='a'),
    lambda: client.upload(Broken(), name='a'),
):
    try: call()
    except SignalboxError as error: print(error.code)
    except OSError as error: print(error)`);
    expect(lines).toEqual(['0', 'BAD_INPUT', 'NOT_FOUND', 'UNAUTHENTICATED', 'the disk is broken']);
  });
});
