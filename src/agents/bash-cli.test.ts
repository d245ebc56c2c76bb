import { readdir, readFile, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestSession, type TestSession } from '../../test/support/agents/agent-session.ts';
import { processesWith } from '../../test/support/runtime/processes.ts';
import type { Fault } from '../core/errors.ts';
import type { Sandbox } from '../core/programs/sandbox.ts';
import type { Json } from '../lib/json.ts';
import { createBubblewrap } from '../runtime/sandbox/bubblewrap.ts';
import { bashCli } from './bash-cli.ts';

const sandbox = createBubblewrap({ readPaths: [], outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 1_000 } });
const programLimits = { memoryBytes: 2 ** 30, processes: 64, cpuSeconds: 10, fileBytes: 64 * 2 ** 20 };
const backend = bashCli({ sandbox, programLimits });

const sessions: TestSession[] = [];
afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));

function workOf(): TestSession {
  const session = createTestSession();
  sessions.push(session);
  return session;
}

interface RunOptions {
  readonly goal?: string;
  readonly context?: Json;
  readonly memory?: string;
  readonly shell?: string;
  readonly workingDir?: string;
  readonly timeoutMs?: number;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly return_code: number;
}

async function run(
  commandTemplate: string,
  options: RunOptions = {},
  session = workOf(),
  using = backend,
): Promise<Output> {
  const { goal = 'a goal', context = {}, memory = '', ...config } = options;
  const agent = { role: 'a role', goal, context, memory, config: { commandTemplate, ...config } };
  const result = await using.run(agent, session);
  expect(result.mediaType).toBe('application/json');
  return JSON.parse(String(result.content)) as Output;
}

const failure = (run: Promise<unknown>) =>
  run.then(
    () => 'no fault',
    (error: unknown) => error,
  );

describe('the backend bash_cli', () => {
  it('returns the output of the command, streams stdout and logs stderr', async () => {
    const session = workOf();
    const output = await run('echo one; echo "oh no" >&2; echo żółć', {}, session);
    expect(output).toEqual({ stdout: 'one\nżółć\n', stderr: 'oh no\n', return_code: 0 });
    expect(session.streamedText).toBe('one\nżółć\n');
    expect(session.logged).toEqual(['INFO oh no']);
  });

  it('passes role, goal, context and memory as variables and on standard input', async () => {
    const context = { previous: { text: 'x $(id) y' } };
    const script = 'cat; printf "\\n%s|%s" "$SIGNALBOX_GOAL" {{ context.previous.text }}; printf "|%s" "{{ memory }}"';
    const { stdout } = await run(script, { goal: '`id`; "', context, memory: 'earlier' });
    const [first = '', second] = stdout.split('\n');
    expect(JSON.parse(first)).toEqual({ role: 'a role', goal: '`id`; "', context, memory: 'earlier' });
    expect(second).toBe('`id`; "|x $(id) y|earlier');
  });

  it('omits values that do not fit a variable, and rejects placeholders for them', async () => {
    const session = workOf();
    const context = 'x'.repeat(500_000);
    const { stdout } = await run('wc -c; printenv SIGNALBOX_CONTEXT || echo unset', { context }, session);
    expect(stdout).toMatch(/^5000\d\d\nunset\n$/);
    expect(session.logged).toEqual([expect.stringMatching(/^WARN SIGNALBOX_CONTEXT.*standard input/)]);
    expect(await failure(run('echo {{ context }}', { context }))).toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    expect(await failure(run('echo {{ goal }}', { goal: 'a\0b' }))).toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    expect(await failure(run('echo {{ context.nothing }}'))).toMatchObject({ code: 'BAD_INPUT' });
    expect(await failure(run('echo {{ password }}'))).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('role, goal, memory, context'),
    });
  });

  it('runs in the folder of the run, which the next step sees', async () => {
    const session = workOf();
    await run('mkdir -p src && echo kept > src/file', {}, session);
    for (const options of [{}, { workingDir: '.' }, { workingDir: '/workspace' }, { workingDir: '/workspace/' }]) {
      const { stdout } = await run('pwd; cd src && cat file', options, session);
      expect(stdout, options.workingDir).toBe('/workspace\nkept\n');
    }
    for (const workingDir of ['src', './src/', '/workspace/src']) {
      const { stdout } = await run('pwd; cat file', { workingDir }, session);
      expect(stdout, workingDir).toBe('/workspace/src\nkept\n');
    }
    for (const workingDir of [
      '/',
      '/etc',
      '/work',
      '/work/src',
      '/workspaces',
      '/workspace/../etc',
      '../..',
      'src/../../etc',
      'a\0b',
    ]) {
      expect(await failure(run('pwd', { workingDir }, session)), workingDir).toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  it('fails with the end of the output of a failed command', async () => {
    const error = await failure(run('echo "no such table" >&2; exit 7'));
    expect(error).toMatchObject({
      code: 'BAD_INPUT',
      message: 'The command ended with code 7: no such table',
      details: { return_code: 7, stderr: 'no such table\n' },
    });
  });

  it('runs the configured shell, and never the goal', async () => {
    expect(await run('echo $0', { shell: '/bin/sh' })).toMatchObject({ stdout: '/bin/sh\n' });
    expect(backend.requiredAccess({ commandTemplate: 'id', shell: 'sh' })).toMatchObject([
      { action: 'exec', uri: { href: expect.stringMatching(/^exec:\/\/\/(usr\/)?bin\/sh$/) } },
      { action: 'agent:bash_cli' },
    ]);
    expect(() => backend.requiredAccess({})).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('logs a warning when there is no sandbox', async () => {
    const session = workOf();
    const none: Sandbox = { kind: 'none', spawn: (program, signal) => sandbox.spawn(program, signal) };
    await run('true', {}, session, bashCli({ sandbox: none, programLimits }));
    expect(session.logged).toEqual([expect.stringMatching(/^WARN .*without a sandbox/)]);
  });

  it('ends the command when the step is cancelled or its time limit is over', async () => {
    const session = workOf();
    const running = failure(run('trap "" TERM INT; touch begun; sleep 600 & sleep 600', {}, session));
    const folder = await session.workspace();
    await expect.poll(() => readdir(folder)).toEqual(['begun']);
    session.stop.abort();
    expect(await running).toMatchObject({ code: 'CANCELLED' });
    expect(await failure(run('while :; do :; done', { timeoutMs: 300 }))).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a hostile command', () => {
  it('sees no user, no environment and no process of this machine', async () => {
    const script = 'cat /etc/passwd /etc/shadow 2>&1; cat /proc/*/environ | tr "\\0" "\\n"; ls /root /home /var; true';
    const { stdout } = await run(script);
    expect(stdout).toContain('SIGNALBOX_GOAL=a goal');
    for (const user of (await readFile('/etc/passwd', 'utf8')).trim().split('\n')) expect(stdout).not.toContain(user);
    expect(stdout).not.toContain(hostname());
    const ours = Object.keys(process.env).filter(
      (name) => !['PATH', 'HOME', 'LANG', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name),
    );
    for (const name of ours) expect(stdout).not.toMatch(new RegExp(`^${name}=`, 'm'));
    const { stdout: processes } = await run('ls /proc | grep -c "^[0-9]"');
    expect(Number(processes)).toBeLessThan(10);
  });

  it('writes nowhere but in the folder of the run', async () => {
    const session = workOf();
    const folder = await session.workspace();
    const script = `for f in / /usr/ /etc/ /bin/ ${folder}/../ /workspace/../; do touch "$f"escaped 2>/dev/null && echo "$f"; done; ln -s /etc/hostname link; touch in; true`;
    const { stdout } = await run(script, {}, session);
    expect(stdout).toBe('');
    expect((await readdir(folder)).sort()).toEqual(['in', 'link']);
    expect(await stat(join(folder, '../escaped')).catch(() => 'none')).toBe('none');
  });

  it('follows no link that another step has left in its way to a folder of this machine', async () => {
    const session = workOf();
    await run('ln -s / out', {}, session);
    const error = await failure(run('cat etc/hostname etc/shadow', { workingDir: 'out' }, session));
    expect(JSON.stringify(error)).not.toContain(await readFile('/etc/hostname', 'utf8'));
  });

  it('reaches no socket', async () => {
    let reached = false;
    const server = createServer(() => {
      reached = true;
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { stdout } = await run(`(echo hi > /dev/tcp/127.0.0.1/${port}) 2>/dev/null || echo refused`);
    server.close();
    expect([stdout, reached]).toEqual(['refused\n', false]);
  });

  it('starts no more processes than it may', async () => {
    // Five hundred at most, for the day on which nothing stops it.
    const script = 'i=0; while [ $i -lt 500 ]; do sleep 20 & i=$((i+1)); echo $i; done';
    const error = (await failure(run(script, { shell: '/bin/sh' }))) as Fault;
    expect(error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(/fork/i) });
    const started = String((error.details as { readonly stdout: string }).stdout)
      .trim()
      .split('\n')
      .at(-1);
    expect(Number(started)).toBeLessThan(programLimits.processes);
  });

  it('writes no more than a mebibyte', async () => {
    for (const to of ['', '>&2']) {
      expect(await failure(run(`yes ${to}`))).toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    }
    expect(await failure(run('head -c 10000000000 /dev/zero > file'))).toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('leaves nothing in the background', async () => {
    const mark = `signalbox-bash-left-${process.pid}`;
    await run(
      `(setsid bash -c "exec -a ${mark} sleep 600") & nohup bash -c "exec -a ${mark} sleep 600" >/dev/null 2>&1 & disown -a; exit 0`,
    );
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });
});
