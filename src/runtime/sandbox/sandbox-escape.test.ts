import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesWith } from '../../../test/support/runtime/processes.ts';
import { testSandbox } from '../../../test/support/runtime/python-engines.ts';
import type { Program } from '../../core/programs/sandbox.ts';

const MIB = 2 ** 20;

describe('a program in bubblewrap', () => {
  let folder = '';
  let server: Server;
  let connections = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-escape-'));
    await mkdir(join(folder, 'work'));
    await writeFile(join(folder, 'secret'), 'the secret of this machine');
    server = createServer(() => {
      connections += 1;
    }).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const spawn = (script: string, changes: Partial<Program> = {}, signal = AbortSignal.timeout(110_000)) =>
    testSandbox.spawn(
      {
        command: ['bash', '-c', script],
        env: { PATH: '/usr/bin:/bin' },
        mounts: [{ from: join(folder, 'work'), to: '/work', writable: true }],
        limits: { memoryBytes: 512 * MIB, processes: 32, cpuSeconds: 10, fileBytes: 8 * MIB },
        ...changes,
      },
      signal,
    );

  const run = async (script: string, changes: Partial<Program> = {}) => {
    const process = await spawn(script, changes);
    process.stdin.end();
    const [stdout, stderr, ended] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
    return { stdout, stderr, ...ended };
  };

  it('sees only the files of the system and its mounts', async () => {
    const hidden = [
      join(folder, 'secret'),
      '/root',
      '/home',
      '/var',
      '/etc/shadow',
      '/etc/hostname',
      '/tmp/../etc/shadow',
    ];
    const { stdout } = await run(`for f in ${hidden.join(' ')}; do [ -e $f ] && echo $f; done; cat /etc/passwd`);
    expect(stdout.split('\n').map((line) => line.split(':')[0])).toEqual(['root', 'sandbox', 'nobody', '']);
    expect(stdout).not.toBe(readFileSync('/etc/passwd', 'utf8'));
  });

  it('has exactly its environment, and no process with another one', async () => {
    const { stdout } = await run('cat /proc/[0-9]*/environ | tr "\\0" "\\n" | sort -u', {
      env: { PATH: '/usr/bin', A: 'b c' },
    });
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['', '_', 'A', 'PATH', 'PWD', 'SHLVL', 'OLDPWD'].includes(name ?? ''))).toEqual([]);
    expect(stdout).toContain('A=b c\n');
    expect(stdout).not.toContain(process.cwd());
  });

  it('passes no variable to the loader of processes outside, which may be root', async () => {
    const env = { PATH: '/usr/bin', LD_DEBUG: 'statistics', LD_DEBUG_OUTPUT: join(folder, 'loader') };
    expect((await run('echo begun', { env })).stdout).toContain('begun\n');
    expect(readdirSync(folder).filter((file) => file.startsWith('loader'))).toEqual([]);
  });

  it('writes only to its mounts and scratch folders', async () => {
    const places = [
      '/x',
      '/usr/x',
      '/etc/x',
      '/dev/x',
      '/run/x',
      '/etc/passwd',
      '/proc/sys/kernel/core_pattern',
      '/bin/sh',
    ];
    const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
    const { stdout } = await run(
      `for f in ${places.join(' ')}; do (echo x >> $f) 2>/dev/null && echo $f; done; chmod 0 /dev/null 2>/dev/null && echo null
       echo fine > /work/new; echo fine > /tmp/new; cat /work/new /tmp/new`,
    );
    expect(stdout).toBe('fine\nfine\n');
    expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(before);
    expect(await readFile(join(folder, 'work/new'), 'utf8')).toBe('fine\n');
  });

  it('has no capability, and gets none by a new namespace, a mount or another user', async () => {
    const { stdout } = await run(`grep -E "Cap(Prm|Eff|Bnd)|NoNewPrivs" /proc/self/status | tr -d "\\t" | sort -u
      for try in "unshare -U true" "unshare -r true" "mount -t tmpfs x /tmp" "chroot / true" "setpriv --reuid=0 true" "su"; do
        $try </dev/null >/dev/null 2>&1 && echo "$try"; done`);
    expect(stdout.trim().split('\n')).toEqual([
      ...['CapBnd', 'CapEff', 'CapPrm'].map((name) => `${name}:0000000000000000`),
      'NoNewPrivs:1',
    ]);
  });

  it('runs as a user that owns nothing on the host', async () => {
    const running = await spawn('echo up; sleep 5');
    await new Promise((resolve) => running.stdout.once('data', resolve));
    const inside = processesWith('echo up; sleep 5').map((pid) => readFileSync(`/proc/${pid}/status`, 'utf8'));
    running.kill();
    await running.exited;
    const uids = inside.map((status) => Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]));
    const ordinary = process.getuid?.() === 0 ? 64_900 : process.getuid?.();
    // The first process sets up what an ordinary user could not.
    expect(uids.filter((uid) => uid === ordinary).length).toBeGreaterThanOrEqual(2);
    expect(uids.filter((uid) => uid !== ordinary && uid !== 0)).toEqual([]);
  });

  it('does not escape through symbolic links, in a mount or as a mount', async () => {
    await symlink(join(folder, 'secret'), join(folder, 'work/link'));
    await symlink(folder, join(folder, 'work/outside'));
    expect((await run('cat /work/link /work/outside/secret')).stdout).toBe('');
    const mount = (from: string) => spawn('true', { mounts: [{ from, to: '/work' }] });
    await expect(mount(join(folder, 'work/outside'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(mount(join(folder, 'work/outside/work'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('reaches no network, not even this machine', async () => {
    const { port } = server.address() as { port: number };
    const tries = [`127.0.0.1/${port}`, '169.254.169.254/80'].map(
      (to) => `(echo > /dev/tcp/${to}) 2>/dev/null && echo open`,
    );
    expect((await run(tries.join('; '))).stdout).toBe('');
    expect((await run('cat /proc/net/dev | tail -n +3 | cut -d: -f1')).stdout.trim()).toBe('lo');
    expect(connections).toBe(0);
  });

  it('sees and signals no process outside', async () => {
    const { stdout } =
      await run(`ls /proc | grep -c "^[0-9]*$"; kill -9 ${process.pid} ${process.ppid} 2>/dev/null && echo killed
      kill -9 -1; echo still here`);
    expect(Number(stdout.split('\n')[0])).toBeLessThan(10);
    expect(stdout).not.toContain('killed');
  });

  it('does not exceed its limit of processes', async () => {
    // Bounded in itself, in case the limit does not hold.
    const mark = `signalbox-bomb-${process.pid}`;
    const bomb = `for i in $(seq 300); do bash -c "exec -a ${mark} sleep 600" & done; echo tried >&2; wait`;
    const running = await spawn(bomb);
    // The first process that cannot be started.
    await new Promise((resolve) => running.stderr.once('data', resolve));
    const sleepers = () => processesWith(`${mark}\0`).length;
    await expect.poll(sleepers).toBeGreaterThan(5);
    expect(sleepers()).toBeLessThanOrEqual(32);
    running.kill();
    await running.exited;
  });

  it('is limited in memory, processor time and file size', async () => {
    expect(await run('python3 -c "bytearray(600 << 20)"')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('MemoryError'),
    });
    const limits = { memoryBytes: 512 * MIB, processes: 32, cpuSeconds: 1, fileBytes: MIB };
    expect(await run('while :; do :; done', { limits })).toMatchObject({ code: null, signal: 'SIGXCPU' });
    await run('head -c 5000000 /dev/zero > /work/large', { limits });
    expect((await readFile(join(folder, 'work/large'))).byteLength).toBe(MIB);
  });

  it('holds no memory in addition to its address space, in a memfd or a System V segment', async () => {
    const script = `import ctypes, errno, os
try: print(os.memfd_create("x"))
except OSError as error: print(errno.errorcode[error.errno])
print(ctypes.CDLL(None).shmget(0, 600 << 20, 0o1600))`;
    const { stdout } = await run('python3 -c "$SCRIPT"', { env: { PATH: '/usr/bin', SCRIPT: script } });
    expect(stdout).toBe('ENOSYS\n-1\n');
  });

  it('cannot fill more memory with files than the size of its scratch folders', async () => {
    const fill =
      'for i in $(seq 40); do head -c 8000000 /dev/zero > $0/$i || break; done 2>/dev/null; du -smx $0 | cut -f1';
    const sizes = ['/tmp', '/dev/shm'].map((place) => `bash -c '${fill}' ${place}`);
    const [tmp = 0, shared = 0] = (await run(sizes.join('; '))).stdout.trim().split('\n').map(Number);
    expect(tmp).toBeGreaterThan(100);
    expect(tmp).toBeLessThanOrEqual(256);
    expect(shared).toBeLessThanOrEqual(64);
  });

  it.each(['kill', 'abort'] as const)('leaves nothing behind after %s, whatever it started', async (way) => {
    const mark = `signalbox-left-${way}-${process.pid}`;
    const stop = new AbortController();
    const script = `trap "" TERM INT HUP; setsid bash -c "exec -a ${mark} sleep 600" & (nohup bash -c "exec -a ${mark} sleep 600" &); echo up; exec -a ${mark} sleep 600`;
    const running = await spawn(script, {}, stop.signal);
    await new Promise((resolve) => running.stdout.once('data', resolve));
    await expect.poll(() => processesWith(mark).length).toBeGreaterThanOrEqual(3);
    if (way === 'kill') running.kill();
    else stop.abort();
    expect((await running.exited).signal).toBe('SIGKILL');
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  it('leaves nothing behind when its first process ends', async () => {
    const mark = `signalbox-left-end-${process.pid}`;
    const { code } = await run(`setsid bash -c "exec -a ${mark} sleep 600" >/dev/null 2>&1 & exit 4`);
    expect(code).toBe(4);
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });
});
