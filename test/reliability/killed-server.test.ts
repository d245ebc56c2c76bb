import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasSandbox } from '../support/runtime/has-sandbox.ts';
import { isRunning } from '../support/runtime/is-running.ts';
import { startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

/** For an hour and a little more, by which each program is recognized. */
const sleepFor = (seconds: number) => ['sleep', String(seconds)];
const commandLine = (...args: readonly string[]) => args.join('\0');

/** Far more than Python in WebAssembly needs until its program begins. */
const START_CPU_MS = 3_000;

/** Every kind of program that a server starts for its steps, and how to recognize it among the processes of the machine. */
const STEPS = [
  [
    'Python in the sandbox, with a relay to the hosts it may reach',
    {
      kind: 'tool',
      tool: 'python.run',
      input: {
        entrypoint: '-c',
        code: python(3_601),
        timeout_sec: 600,
        allow_network: true,
        allowed_hosts: ['api.example:443'],
      },
    },
    commandLine(...sleepFor(3_601)),
  ],
  [
    'a shell',
    { kind: 'agent', agent: { role: 'Shell', goal: 'g', backend: 'bash_cli', backend_config: shell(3_602) } },
    commandLine(...sleepFor(3_602)),
  ],
  [
    'an MCP server over stdio',
    {
      kind: 'agent',
      agent: { role: 'Server', goal: 'g', backend: 'mcp', backend_config: { stdio_command: sleepFor(3_603) } },
    },
    commandLine(...sleepFor(3_603)),
  ],
  [
    'a worker of a pool',
    { kind: 'transform', pool: 'sleepers', input: { data: 1, expression: '$' } },
    commandLine(...sleepFor(3_604)),
  ],
  [
    'a worker process for computations',
    { kind: 'transform', input: { data: 1, expression: '($f := function($n) { $f($n + 1) }; $f(1))' } },
    'cpu/worker-main.ts',
  ],
] as const;

describe.skipIf(!hasSandbox)('a server that is killed', () => {
  it('leaves none of the programs that it has started', async () => {
    await using folder = await createTempFolder();
    const pools = join(folder.path, 'pools.yaml');
    await writeFile(pools, JSON.stringify({ sleepers: { runtime: 'process', command: sleepFor(3_604) } }));
    // What a killed server leaves in its temporary folder goes with that of the test.
    const env = { TMPDIR: folder.path, POOLS_FILE: pools, PYTHON_ENGINE: 'native' };
    await using server = await startServer({ env });
    const users = await createTestUsers(server);
    const steps = STEPS.map(([, step], i) => ({ id: `step${i}`, timeout_ms: 3_600_000, ...step }));
    const run = await users.start({ document: { name: 'sleepers', steps } }, { waitMs: 0 }, 'admin');
    expect(run).toMatchObject({ __typename: 'Run', error: null });
    for (const [what, , line] of STEPS)
      await until(`${what} runs: ${JSON.stringify(server.log.slice(-5))}`, () =>
        descendantsOf(server.process.pid).some((process) => process.commandLine.includes(line)),
      );

    const processes = descendantsOf(server.process.pid);
    await server.stop('SIGKILL');
    await until('all of them have ended', () => processes.every(({ pid }) => !isRunning(pid)));
  });

  it('leaves no Python in WebAssembly', async () => {
    await using server = await startServer({ env: { PYTHON_ENGINE: 'wasi' } });
    const users = await createTestUsers(server);
    const input = { entrypoint: '-c', code: 'while True: pass', timeout_sec: 600 };
    const step = { id: 'spin', kind: 'tool', tool: 'python.run', input };
    await users.start({ document: { name: 'spin', steps: [step] } }, { waitMs: 0 }, 'admin');
    const pythons = () =>
      descendantsOf(server.process.pid).filter((process) => process.commandLine.includes('wasi/child.mjs'));
    const { pid } = await until('it has begun to run', () => pythons()[0]);
    await until('it is in its loop', () => cpuMs(pid) > START_CPU_MS);
    await server.stop('SIGKILL');
    await until('it has ended', () => !isRunning(pid));
  });
});

function python(seconds: number): string {
  return `import subprocess\nsubprocess.run(${JSON.stringify(sleepFor(seconds))})`;
}

function shell(seconds: number) {
  return { command_template: sleepFor(seconds).join(' ') };
}

/** Processor time of a process, at 100 ticks in a second. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The processes that a process has started, and those that they have. */
function descendantsOf(root: number | undefined): readonly { readonly pid: number; readonly commandLine: string }[] {
  const all = readdirSync('/proc').flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid: Number(name), parent, commandLine: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
    } catch {
      // No process, or one that has ended meanwhile.
      return [];
    }
  });
  const childrenOf = (parent: number | undefined): typeof all =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child, ...childrenOf(child.pid)]);
  return childrenOf(root);
}
