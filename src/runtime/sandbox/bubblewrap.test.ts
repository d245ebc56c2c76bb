import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../core/programs/sandbox.ts';
import { createBubblewrap } from './bubblewrap.ts';

const MIB = 2 ** 20;
const isRoot = process.getuid?.() === 0;

describe('bubblewrap', () => {
  let folder = '';
  let host = '';
  let server: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-bubblewrap-'));
    await Promise.all(['work', 'readable', 'data'].map((name) => mkdir(join(folder, name))));
    await writeFile(join(folder, 'readable/file'), 'readable by all');
    await writeFile(join(folder, 'work/given'), 'given');
    server = createServer(async (request, response) => {
      response.end(`${request.method} ${request.url} ${await text(request)}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (command: readonly string[], changes: Partial<Program> = {}, stdin = '') => {
    const sandbox = createBubblewrap({
      readPaths: [join(folder, 'readable')],
      outgoing: { allowedPrivateHosts: [host], headerTimeoutMs: 5_000 },
    });
    const process = await sandbox.spawn(
      {
        command,
        env: { PATH: '/usr/bin:/bin' },
        mounts: [{ from: join(folder, 'work'), to: '/work', writable: true }],
        limits: { memoryBytes: 4_096 * MIB, processes: 64, cpuSeconds: 10, fileBytes: MIB },
        ...changes,
      },
      AbortSignal.timeout(110_000),
    );
    process.stdin.end(stdin);
    const [stdout, stderr, ended] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
    return { stdout, stderr, ...ended };
  };

  it('runs a program by its name with standard input, and reports how it ended', async () => {
    expect(await run(['cat'], {}, 'said')).toEqual({ stdout: 'said', stderr: '', code: 0, signal: null });
    expect(await run(['sh', '-c', 'exit 7'])).toMatchObject({ code: 7, signal: null });
    expect(await run(['sh', '-c', 'kill -TERM $$'])).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('starts in /work or the given folder, and lets the program write there', async () => {
    expect((await run(['pwd'])).stdout).toBe('/work\n');
    expect((await run(['pwd'], { cwd: '/tmp' })).stdout).toBe('/tmp\n');
    await run(['sh', '-c', 'mkdir deep; echo made > deep/file; echo more >> given']);
    expect(await readFile(join(folder, 'work/deep/file'), 'utf8')).toBe('made\n');
    expect(await readFile(join(folder, 'work/given'), 'utf8')).toBe('givenmore\n');
  });

  it.runIf(isRoot)('gives files to the user of the program once, so that git sees no change in them', async () => {
    await mkdir(join(folder, 'work/owned/deep'), { recursive: true });
    await writeFile(join(folder, 'work/owned/deep/file'), 'x');
    await symlink(join(folder, 'data'), join(folder, 'work/owned/link'));
    const outside = await lstat(join(folder, 'data'));
    await run(['true']);
    const before = await lstat(join(folder, 'work/owned/deep/file'));
    expect([before.uid, before.gid]).toEqual([64_900, 64_900]);
    await run(['true']);
    expect((await lstat(join(folder, 'work/owned/deep/file'))).ctimeMs).toBe(before.ctimeMs);
    expect(await lstat(join(folder, 'data'))).toMatchObject({ uid: outside.uid, ctimeMs: outside.ctimeMs });
  });

  it('does not change a mount that is not writable', async () => {
    const mounts = [{ from: join(folder, 'readable'), to: '/data' }];
    const { stdout, code } = await run(['sh', '-c', 'cat /data/file; echo x > /data/file'], { mounts });
    expect(stdout).toBe('readable by all');
    expect(code).not.toBe(0);
  });

  it('shows the files of the settings at their path', async () => {
    const { stdout } = await run(['cat', join(folder, 'readable/file')], { reads: 'settings' });
    expect(stdout).toBe('readable by all');
  });

  it('shows them even where a mount covers their path', async () => {
    const mounts = [{ from: join(folder, 'data'), to: folder, writable: true as const }];
    const { stdout, stderr } = await run(['cat', join(folder, 'readable/file')], {
      ...{ mounts, cwd: folder, reads: 'settings' },
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'readable by all', stderr: '' });
  });

  it('starts the Node of this server, and Python', async () => {
    expect((await run(['node', '--version'])).stdout.trim()).toBe(process.version);
    expect((await run([process.execPath, '-p', '6*7'])).stdout).toBe('42\n');
    expect((await run(['python3', '-c', 'print(6*7)'])).stdout).toBe('42\n');
  });

  it('runs a program in a mount', async () => {
    await writeFile(join(folder, 'work/tool'), '#!/bin/sh\necho tool $1\n', { mode: 0o755 });
    expect((await run(['/work/tool', 'x'])).stdout).toBe('tool x\n');
  });

  it.each(['no-such-program', '/usr/bin/no-such-program', '/work/given', '/root/tool', './tool', ''])(
    'reports that there is no program %j',
    async (name) => {
      await expect(run([name])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('reports that a mount does not exist', async () => {
    const mounts = [{ from: join(folder, 'none'), to: '/work' }];
    await expect(run(['true'], { mounts })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('reaches only the given hosts, through the proxy', async () => {
    const code = `
import sys, urllib.request, urllib.error
for url in sys.argv[1:]:
    try: print(urllib.request.urlopen(url, b'body', timeout=5).read().decode())
    except urllib.error.HTTPError as error: print(error.code)
    except OSError as error: print('unreachable')`;
    const urls = [`http://${host}/path?q=1`, 'http://127.0.0.1:1/', 'http://example.com/'];
    const { stdout, stderr } = await run(['python3', '-c', code, ...urls], { hosts: [host] });
    expect({ stdout, stderr }).toEqual({ stdout: 'POST /path?q=1 body\n403\n403\n', stderr: '' });
    expect((await run(['sh', '-c', 'exit 5'], { hosts: [host] })).code).toBe(5);
  });

  it.runIf(isRoot)('works the same for a server that is not root', async () => {
    const bomb = `
import os, time
open('file', 'w').write('made'); print(os.getuid())
made = 0
try:
    while made < 200:
        if os.fork() == 0: time.sleep(2); os._exit(0)
        made += 1
except OSError: pass
print(made)`;
    const program = {
      command: ['python3', '-c', bomb],
      env: {},
      mounts: [{ from: join(folder, 'data'), to: '/work', writable: true }],
      limits: { memoryBytes: 2 ** 29, processes: 16, cpuSeconds: 5, fileBytes: 2 ** 20 },
    };
    const script = `
      import { createBubblewrap } from ${JSON.stringify(join(import.meta.dirname, 'bubblewrap.ts'))};
      const sandbox = createBubblewrap({ readPaths: [], outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 1000 } });
      const running = await sandbox.spawn(${JSON.stringify(program)}, AbortSignal.timeout(110_000));
      running.stdin.end();
      running.stdout.pipe(process.stdout);
      await running.exited;`;
    const ordinary = 65_534;
    await promisify(execFile)('chown', [String(ordinary), join(folder, 'data')]);
    await promisify(execFile)('chmod', ['711', folder]);
    const argv = ['--no-warnings', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, argv, {
      uid: ordinary,
      gid: ordinary,
      env: {},
      cwd: '/',
    });
    const [uid, forked] = stdout.trim().split('\n');
    expect(uid).toBe('1000');
    expect(Number(forked)).toBeGreaterThan(5);
    expect(Number(forked)).toBeLessThanOrEqual(16);
    expect(await readFile(join(folder, 'data/file'), 'utf8')).toBe('made');
  });
});
