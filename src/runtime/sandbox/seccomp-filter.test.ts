import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createBubblewrap } from './bubblewrap.ts';
import { seccompFilter } from './seccomp-filter.ts';

const TRY = `
import ctypes, errno, mmap, os, platform, socket
for name, family in (("unix", 1), ("inet", 2), ("inet6", 10), ("netlink", 16), ("vsock", 40), ("alg", 38)):
    try:
        socket.socket(family, socket.SOCK_STREAM if family != 16 else socket.SOCK_RAW).close()
        print(name, "opened")
    except OSError as error:
        print(name, errno.errorcode[error.errno])
numbers = {"x86_64": (248, 250, 425, 321, 319, 447, 29, 30, 278), "aarch64": (217, 219, 425, 280, 279, 447, 194, 196, 75)}[platform.machine()]
for number in numbers:
    ctypes.CDLL(None, use_errno=True).syscall(number, 0, 0, 0, 0, 0)
    print("call", errno.errorcode[ctypes.get_errno()])
def attempt(name, create):
    try:
        create()
        print(name, "mapped")
    except OSError as error:
        print(name, errno.errorcode[error.errno])
attempt("private", lambda: mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
attempt("shared", lambda: mmap.mmap(-1, 4096, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
zero = open("/dev/zero", "r+b")
attempt(f"zero {zero.read(2)}".replace("'", '"'), lambda: mmap.mmap(zero.fileno(), 4096))
shm = open("/dev/shm/x", "w+b")
shm.write(bytes(4096))
shm.flush()
attempt("file", lambda: mmap.mmap(shm.fileno(), 4096))
`;

describe('the filter of system calls', () => {
  it('allows what a network namespace isolates, and nothing that bypasses it', async () => {
    const sandbox = createBubblewrap({ readPaths: [], outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 5_000 } });
    const limits = { memoryBytes: 2 ** 32, processes: 16, cpuSeconds: 5, fileBytes: 2 ** 20 };
    const program = { command: ['python3', '-c', TRY], env: {}, mounts: [], limits };
    const process = await sandbox.spawn(program, AbortSignal.timeout(110_000));
    process.stdin.end();
    const [stdout, stderr] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      ...['unix opened', 'inet opened', 'inet6 opened', 'netlink opened', 'vsock EAFNOSUPPORT', 'alg EAFNOSUPPORT'],
      ...Array(9).fill('call ENOSYS'),
      ...['private mapped', 'shared EPERM', 'zero b"\\x00\\x00" ENODEV', 'file mapped'],
    ]);
  });

  it('exists for known processors, and is short enough for the kernel', () => {
    expect(seccompFilter('riscv64')).toBeUndefined();
    for (const processor of ['x64', 'arm64'] as const) {
      const { length = 0 } = seccompFilter(processor) ?? {};
      expect(length % 8).toBe(0);
      expect(length).toBeGreaterThan(8 * 20);
      expect(length).toBeLessThan(8 * 4_096);
    }
  });
});
