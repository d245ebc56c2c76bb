import { lstat, mkdir, mkdtemp, realpath, rm, unlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../core/programs/sandbox.ts';
import { createBubblewrap } from './bubblewrap.ts';
import { areComplete, prepareSystemFiles } from './system-files.ts';

const MIB = 2 ** 20;
const INSTALLATION = resolve(import.meta.dirname, '../../..');

/** Prints every line of a readable file, and every name, that has one of the given words, which are in hexadecimal so that it does not find itself. */
const SEARCH = `
import os, sys
words = [bytes.fromhex(word) for word in sys.argv[1:]]
for folder, folders, files in os.walk("/"):
    if folder == "/": folders[:] = [name for name in folders if name not in ("usr", "sys")]
    if folder == "/proc": folders[:] = [name for name in folders if name not in ("sys", "bus", "irq", "fs", "tty")]
    # What is read from the pipes of other processes is lost to them.
    if folder.endswith(("/map_files", "/attr", "/fd")): continue
    for name in folders + files:
        path = os.path.join(folder, name)
        lines = [path.encode()]
        try:
            if os.path.islink(path): lines.append(os.readlink(path).encode())
        except OSError: pass
        try:
            # A file of the kernel may wait for an event, or never end.
            if name in files and name not in ("kmsg", "kcore", "mem", "pagemap", "clear_refs", "tty", "full", "zero", "random", "urandom", "null", "ptmx", "node"):
                file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                lines += os.read(file, 1 << 20).split(b"\\n")
                os.close(file)
        except OSError: pass
        for line in lines:
            if any(word in line for word in words): print(path, line)
print("searched", os.path.exists("/proc/self/mountinfo"))
`;

const search = (...words: readonly string[]) => [
  ...['python3', '-c', SEARCH],
  ...words.map((word) => Buffer.from(word).toString('hex')),
];

describe('the files of every sandbox', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-neutral-')));
    await mkdir(join(folder, 'run'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = async (changes: Partial<Program>) => {
    const sandbox = createBubblewrap({
      readPaths: [INSTALLATION],
      outgoing: { allowedPrivateHosts: ['a.example:1'], headerTimeoutMs: 5_000 },
    });
    const process = await sandbox.spawn(
      {
        command: search(INSTALLATION, dirname(await realpath(globalThis.process.execPath))),
        env: { PATH: '/usr/bin:/bin' },
        mounts: [{ from: join(folder, 'run'), to: '/workspace', writable: true }],
        cwd: '/workspace',
        limits: { memoryBytes: 2_048 * MIB, processes: 32, cpuSeconds: 20, fileBytes: MIB },
        ...changes,
      },
      AbortSignal.timeout(110_000),
    );
    process.stdin.end();
    const [stdout, stderr] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
    return stdout + stderr;
  };

  it('say nothing of where the server is installed, with and without a relay', async () => {
    expect(await run({})).toBe('searched True\n');
    expect(await run({ hosts: ['a.example:1'] })).toBe('searched True\n');
  });

  it('would be found by this search: it finds the workspace', async () => {
    expect(await run({ command: search(folder) })).toMatch(/^\/proc\/1\/mountinfo .*\/run \/workspace /m);
  });

  it('say nothing of the home of the user who runs the server', async () => {
    // The home of root is in every passwd.
    const words = homedir() === '/root' ? ['/root/'] : [homedir()];
    expect(await run({ command: search(...words) })).toBe('searched True\n');
  });

  it('are in a folder of this user alone, and come back when they are removed', async () => {
    const files = await prepareSystemFiles();
    const stats = await lstat(dirname(files.relay));
    expect([stats.uid, stats.mode & 0o777]).toEqual([process.getuid?.(), 0o700]);
    const sandboxed = ['cat', '/etc/hosts'];
    const before = await run({ command: sandboxed });
    await unlink(files.etc('hosts'));
    expect(areComplete(files)).toBe(false);
    expect(await run({ command: sandboxed })).toBe(before);
    expect(areComplete(files)).toBe(true);
  });
});
