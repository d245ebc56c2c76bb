import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { processesWith } from '../../../test/support/runtime/processes.ts';
import { describePython, pythonRequest } from '../../../test/support/runtime/python-contract.ts';
import { testPythonEngines } from '../../../test/support/runtime/python-engines.ts';
import type { PythonEngine, PythonRequest } from '../../core/programs/python.ts';

for (const [name, open] of Object.entries(testPythonEngines)) describePython(name, open);

const MIB = 2 ** 20;

describe.each(Object.entries(testPythonEngines))('hostile Python in the %s engine', (name, open) => {
  let engine: PythonEngine;
  let folder = '';
  let server: Server;
  let connections = 0;

  beforeAll(async () => {
    engine = await open();
    folder = await mkdtemp(join(tmpdir(), 'signalbox-escape-'));
    await writeFile(join(folder, 'secret'), 'the secret of this machine');
    server = createServer(() => {
      connections += 1;
    }).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (code: string, changes: Partial<PythonRequest> = {}) =>
    engine.run(pythonRequest({ code, ...changes }), AbortSignal.timeout(110_000));
  /** Tries each, and prints those that did not fail. */
  const tries = (attempts: readonly string[]) =>
    `import os\n${attempts.map((attempt) => `try: print(${JSON.stringify(attempt)}, ${attempt})\nexcept BaseException: pass`).join('\n')}`;

  it('says that memory stopped it, when that of all its processes does', async () => {
    const code = `import os, time
if not hasattr(os, "fork"): kept = bytearray(800 << 20)
for i in range(8):
    if os.fork() == 0:
        kept = bytearray(100 << 20); time.sleep(60)
time.sleep(60)`;
    const { stopped, stderr } = await run(code, { timeoutMs: 15_000, memoryBytes: 192 * MIB });
    // In the other engine there is only one process, which has an error.
    expect(name === 'native' ? stopped : stderr.trim().split('\n').at(-1)).toMatch(/^MEMORY$|^MemoryError$/);
  });

  it('reads no file and no environment of the host', async () => {
    const secret = join(folder, 'secret');
    const { stdout } = await run(
      tries([
        `open(${JSON.stringify(secret)}).read()`,
        'open("/etc/shadow").read()',
        'os.listdir("/root")',
        'open(f"/proc/{os.getppid()}/environ").read().count("=") > 8',
        `open("/work/../../..${secret}").read()`,
        `open("/proc/${process.pid}/environ").read()`,
        `open("/proc/1/root${secret}").read()`,
        `open("/proc/self/root${secret}").read()`,
      ]),
    );
    expect(stdout.replace(/^.*getppid.* False\n/m, '')).toBe('');
    const passwd = await run(
      tries(['open("/etc/passwd").read()', 'open("/proc/1/environ").read()', 'dict(os.environ)']),
    );
    for (const [, value] of Object.entries(process.env)) {
      if (value && value.length > 12) expect(passwd.stdout).not.toContain(value);
    }
    expect(passwd.stdout).not.toContain('daemon');
  });

  it('writes only to /out and /tmp', async () => {
    const { stdout } = await run(
      tries([
        `open(${JSON.stringify(join(folder, 'new'))}, "w")`,
        ...['/', '/usr/', '/etc/', '/dev/', '/work/', '/python/lib/python3.12/'].map((at) => `open("${at}x", "w")`),
      ]),
    );
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('creates no file in /out that leads elsewhere', async () => {
    const secret = JSON.stringify(join(folder, 'secret'));
    const { produced } = await run(
      tries([
        `os.symlink(${secret}, "/out/link")`,
        `os.symlink(${JSON.stringify(folder)}, "/out/folder")`,
        'os.symlink("/etc/passwd", "/out/passwd")',
        `os.link(${secret}, "/out/hard")`,
        'os.link("/etc/passwd", "/out/hard-passwd")',
        'os.mkfifo("/out/pipe")',
        'open("/out/real", "w").write("real")',
      ]),
    );
    expect(produced.map(({ path }) => path)).toEqual(['real']);
  });

  it('opens no connection', async () => {
    const { port } = server.address() as { port: number };
    const { stdout } = await run(
      `import socket\n${tries([`socket.create_connection(("127.0.0.1", ${port}), 2)`, 'socket.create_connection(("169.254.169.254", 80), 1)'])}`,
    );
    expect(stdout).toBe('');
    expect(connections).toBe(0);
  });

  it('runs no program of the host, and calls no C function of it', async () => {
    const mark = join(folder, 'touched');
    const { stdout } = await run(
      tries([
        `os.system("touch ${mark}") and None`,
        `__import__("subprocess").run(["touch", ${JSON.stringify(mark)}], check=True)`,
        '__import__("ctypes").CDLL(None).setuid(0) == 0',
        '__import__("ctypes").CDLL(None).unshare(0x10000000) == 0',
        '__import__("ctypes").CDLL(None).mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0',
      ]),
    );
    expect(stdout).not.toContain('True');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('signals no process outside', async () => {
    const { stdout } = await run(
      tries([`os.kill(${process.pid}, 9)`, `os.kill(${process.ppid}, 9)`, `os.killpg(${process.pid}, 9)`]),
    );
    expect(stdout).toBe('');
  });

  it('cannot fork without limit', async () => {
    const bomb = `
import os, time
made = 0
try:
    for i in range(2000):
        if os.fork() == 0:
            time.sleep(5); os._exit(0)
        made += 1
except BaseException as error: print(type(error).__name__)
print(made)`;
    const { stdout } = await run(bomb);
    expect(Number(stdout.trim().split('\n').at(-1))).toBeLessThanOrEqual(32);
    expect(stdout).toMatch(/BlockingIOError|AttributeError|OSError/);
  });

  it('cannot allocate 10 GiB', async () => {
    const steps = 'held = []\nfor i in range(640): held.append(b"x" * (16 * 1024 * 1024))\nprint("all of it")';
    const { returnCode, stdout, stderr, stopped } = await run(steps, { memoryBytes: 256 * MIB });
    expect(returnCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stopped === 'MEMORY' || stderr.includes('MemoryError')).toBe(true);
  });

  it('leaves no process running after its time limit', async () => {
    const mark = `signalbox-left-${name}-${process.pid}`;
    const code = `
import time
try:
    import os, subprocess
    for start in ({}, {"start_new_session": True}):
        subprocess.Popen(["bash", "-c", "exec -a ${mark} sleep 600"], **start)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: os.execv("/bin/bash", ["bash", "-c", "exec -a ${mark} sleep 600"])
        os._exit(0)
except BaseException: pass
print("begun")
while True: time.sleep(1)`;
    const { stopped, stdout } = await run(code, { timeoutMs: 2_000 });
    expect({ stopped, stdout }).toEqual({ stopped: 'TIMEOUT', stdout: 'begun\n' });
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  it('leaves the server small in memory, and takes little of its time, whatever it does', async () => {
    const before = process.memoryUsage.rss();
    let stopped: unknown[] = [];
    const cpuMs = await cpuMsOf(async () => {
      stopped = await Promise.all(
        [
          'import sys\nfor i in range(10_000): sys.stdout.write("x" * 1024 * 1024)',
          'import sys\nwhile True: sys.stderr.write("y" * 1024 * 1024)',
        ].map(async (code) => (await run(code)).stopped),
      );
    });
    expect(stopped).toEqual(['OUTPUT', 'OUTPUT']);
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
    expect(cpuMs).toBeLessThan(2_000);
  });
});
