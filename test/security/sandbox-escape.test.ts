import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whileResponsive } from '../support/health-probe.ts';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';

const MIB = 2 ** 20;
/** The programs produce gigabytes. The server's heap for new objects alone may grow to three semi-spaces of 32 MiB. */
const MAX_GROWTH_MIB = 200;

/** Hostile programs. Each is bounded, so that it does no harm even if the sandbox fails. */
const HOSTILE: Readonly<Record<string, string>> = {
  passwd: 'print(open("/etc/passwd").read())',
  environment: 'import os; print(dict(os.environ)); print(open("/proc/1/environ").read())',
  write: 'open("/work/x", "w").write("x")',
  write_usr: 'open("/usr/x", "w").write("x")',
  link: 'import os; os.symlink("/etc/passwd", "/out/stolen"); print(open("/out/stolen").read())',
  socket: 'import socket; s = socket.create_connection(("127.0.0.1", PORT), 2); print("connected")',
  shell: 'import os; print(os.system("id > /out/id"))',
  ctypes: 'import ctypes; print(ctypes.CDLL(None).getpid()); ctypes.string_at(0)',
  kill: 'import os, signal; [os.kill(pid, signal.SIGKILL) for pid in range(1, 5000) if pid != os.getpid() and os.path.exists(f"/proc/{pid}")]',
  memory: 'kept = []\nfor i in range(100): kept.append(bytearray(100 * 2 ** 20))\nprint(len(kept))',
  output: 'import sys\nfor i in range(10_000): sys.stdout.write("x" * 2 ** 20)',
  disk: 'f = open("/out/big", "wb")\nfor i in range(10_000): f.write(b"x" * 2 ** 20)',
  fork: 'import os\nfor i in range(2_000):\n  if os.fork() == 0:\n    import time; time.sleep(30)',
  loop: 'while True: pass',
};
const ENDLESS = ['fork', 'loop'];

describe.each(['native', 'wasi'])('hostile Python in a server with the %s engine', (engine) => {
  let server: Server;
  let users: TestUsers;
  beforeAll(async () => {
    server = await startServer({ env: { PYTHON_ENGINE: engine, SECRET_TOKEN: 'must-not-be-seen', LOG_LEVEL: 'warn' } });
    users = await createTestUsers(server);
    // Warm up, so that the level is that of a busy server.
    await users.start({ document: programs({ warm: 'print(1)' }) });
  });
  afterAll(async () => void (await server.stop()));

  /** A workflow of one step for each program, four at once. Only programs that never end have a short time. */
  function programs(of: Readonly<Record<string, string>>) {
    const port = new URL(server.url).port;
    const steps = Object.entries(of).map(([id, code]) => {
      const input = { entrypoint: '-c', code: code.replace('PORT', port), timeout_sec: ENDLESS.includes(id) ? 3 : 60 };
      return { id, kind: 'tool', tool: 'python.run', input, continue_on_error: true };
    });
    return { name: 'hostile', max_parallel: 4, steps };
  }

  it('is contained, with the reason in its result, while the server responds', async () => {
    const before = await server.memory();
    const running = users.start({ document: programs(HOSTILE) });
    let most = 0;
    const weighing = setInterval(async () => {
      most = Math.max(most, await server.memory());
    }, 20);
    const run = await whileResponsive(server, running).finally(() => clearInterval(weighing));
    const results = Object.fromEntries(
      run.steps.map(({ key, output, error }: Record<string, unknown>) => [key, output ?? error]),
    );
    const of = (key: string) => results[key] ?? {};

    expect(of('passwd').stdout ?? '').not.toContain('daemon:');
    expect(JSON.stringify(of('environment'))).not.toContain('must-not-be-seen');
    for (const key of ['write', 'write_usr', 'socket']) expect([key, of(key).return_code]).not.toEqual([key, 0]);
    expect(of('write').stderr).toMatch(/Read-only|not permitted|Permission|denied|Errno/i);
    expect(of('link').produced_files).toEqual([]);
    expect(of('link').stdout ?? '').not.toContain('daemon:');
    expect(of('socket').stdout ?? '').not.toContain('connected');
    // It may run a shell inside; it finds no other process.
    expect(JSON.stringify(of('shell'))).not.toMatch(/uid=0\(root\) gid=0\(root\) groups=0\(root\).*docker/);
    expect([of('memory').return_code, of('memory').stopped].some(Boolean)).toBe(true);
    expect(of('memory').stderr + String(of('memory').stopped)).toMatch(/Memory|SIGNAL/i);
    expect(of('output').stopped).toBe('OUTPUT');
    expect(of('disk').stopped ?? of('disk').stderr).toMatch(/OUTPUT|FILES|SIGNAL|File too large|No space|Errno/);
    expect(['TIMEOUT', 'CPU']).toContain(of('loop').stopped);
    expect(of('fork').stdout ?? '').not.toContain('2000');
    for (const key of Object.keys(HOSTILE)) expect(results).toHaveProperty(key);

    expect((most - before) / MIB).toBeLessThan(MAX_GROWTH_MIB);
    expect(server.process.exitCode).toBeNull();
    expect(existsSync('/usr/x')).toBe(false);
  });

  it('leaves nothing behind: the next program runs as if it were the first', async () => {
    const run = await users.start({
      document: programs({
        after:
          'import os; print(sorted(os.listdir("/out")), [f for f in os.listdir("/tmp") if os.path.isfile("/tmp/" + f)])',
      }),
    });
    expect(run.steps[0].output.stdout).toBe('[] []\n');
  });
});
