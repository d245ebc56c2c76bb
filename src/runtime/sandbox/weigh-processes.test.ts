import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { testSandbox } from '../../../test/support/runtime/python-engines.ts';

const MIB = 2 ** 20;
const LIMIT = 192 * MIB;

/** Memory of all processes whose command line has the mark, in bytes. */
function held(mark: string): number {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)) return 0;
        return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1_024;
      } catch {
        return 0;
      }
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

async function run(code: string) {
  const process = await testSandbox.spawn(
    {
      command: ['python3', '-c', code],
      env: { PATH: '/usr/bin' },
      mounts: [],
      limits: { memoryBytes: LIMIT, processes: 32, cpuSeconds: 20, fileBytes: 1_024 * MIB },
    },
    AbortSignal.timeout(110_000),
  );
  process.stdin.end();
  const [stdout, stderr, status] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
  return { stdout, stderr, ...status };
}

describe('the memory of all processes of a program together', () => {
  it.each([
    [
      'in many processes',
      `import os, time
for i in range(8):
    if os.fork() == 0:
        kept = bytearray(100 << 20); time.sleep(60)
time.sleep(60)`,
    ],
    [
      'in pages that processes no longer share',
      `import os, time
kept = bytearray(100 << 20)
for i in range(6):
    if os.fork() == 0:
        for at in range(0, len(kept), 4096): kept[at] = 1
        time.sleep(60)
time.sleep(60)`,
    ],
    [
      'in files of /tmp and /dev/shm',
      `import time
for name in ("/tmp/x", "/dev/shm/x"):
    with open(name, "wb", 0) as file:
        try:
            while True: file.write(bytes(1 << 20))
        except OSError: pass
time.sleep(60)`,
    ],
    [
      'in empty files',
      `import time
for i in range(1_000_000): open(f"/tmp/{i}", "w").close()
time.sleep(60)`,
    ],
    [
      'in processes whose first thread has ended',
      `import ctypes, os, threading, time
def keep():
    kept = bytearray(100 << 20); time.sleep(60)
for i in range(6):
    if os.fork() == 0:
        threading.Thread(target=keep).start()
        ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
time.sleep(60)`,
    ],
  ])('is limited: %s', async (_, code) => {
    const { signal, exceeded, stderr } = await run(code);
    expect(stderr).toBe('');
    expect({ signal, exceeded }).toEqual({ signal: 'SIGKILL', exceeded: { name: 'MEMORY', limit: LIMIT } });
  });

  it('ends all of them', async () => {
    const mark = `signalbox-held-${process.pid}`;
    const { exceeded } = await run(`import os, time # ${mark}
for i in range(8):
    if os.fork() == 0:
        os.setsid(); kept = bytearray(100 << 20); time.sleep(60)
time.sleep(60)`);
    expect(exceeded).toBeDefined();
    await expect.poll(() => held(mark), { timeout: 10_000 }).toBe(0);
  });

  it('counts what several processes share once', async () => {
    const { stdout, code, exceeded } = await run(`import os, time
kept = bytearray(120 << 20)
children = []
for i in range(8):
    child = os.fork()
    if child == 0:
        time.sleep(2); os._exit(0)
    children.append(child)
for child in children: os.waitpid(child, 0)
print("done")`);
    expect({ stdout, code, exceeded }).toEqual({ stdout: 'done\n', code: 0, exceeded: undefined });
  });

  it('does not count a program twice while it starts others', async () => {
    const { stdout, exceeded } = await run(`import subprocess
kept = bytearray(140 << 20)
for i in range(300): subprocess.run(["/bin/true"])
print("done")`);
    expect({ stdout, exceeded }).toEqual({ stdout: 'done\n', exceeded: undefined });
  });
});
