import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { onTerminal } from '../../../test/support/pseudo-terminal.ts';
import { runCli, type Server, startServer } from '../../../test/support/server.ts';
import { until } from '../../../test/support/until.ts';
import { signedIn } from './signed-in.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.mjs');
const NIGHTLY =
  'name: nightly-report\nsteps:\n  - { id: nap, kind: sleep, input: { ms: 1 } }\n  - { id: ask, kind: approval, depends_on: [nap], input: { reason: Go? } }\n';
/** How each shell starts without files of the user, and has the script. */
const SHELLS = {
  bash: { command: ['bash', '--norc', '--noprofile', '-i'], source: 'source <(signalbox completion bash)' },
  zsh: {
    command: ['zsh', '-f', '-i'],
    source: 'autoload -U compinit; compinit -D; source <(signalbox completion zsh)',
  },
  fish: { command: ['fish', '--no-config', '-i'], source: 'signalbox completion fish | source' },
};

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;
let folder: string;
let run: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
  alice = await signedIn(server);
  folder = await mkdtemp(join(tmpdir(), 'signalbox-completion-'));
  const bin = join(folder, 'signalbox');
  // It completes, and prints what it would otherwise run.
  await writeFile(
    bin,
    `#!/bin/sh\n[ "$1" = completion ] && exec '${process.execPath}' '${MAIN}' "$@"\nprintf '@signalbox %s\\n' "$*"\n`,
  );
  await chmod(bin, 0o755);
  await writeFile(join(folder, 'report-draft.yaml'), NIGHTLY);
  expect((await alice.signalbox(['workflows', 'save', join(folder, 'report-draft.yaml')])).complaint).toBe('');
  run = await alice.start(NIGHTLY);
  const hosts = { staging: { url: 'https://staging.example.com', username: 'alice', token: 'secret' } };
  await mkdir(join(folder, 'signalbox-config/signalbox'), { recursive: true });
  await writeFile(join(folder, 'signalbox-config/signalbox/hosts.json'), JSON.stringify(hosts));
  env = {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: folder,
    SIGNALBOX_URL: server.url,
    SIGNALBOX_TOKEN: alice.token,
    XDG_CONFIG_HOME: join(folder, 'signalbox-config'),
  };
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** With REQUIRE_SERVICES the tests of a shell run, and fail, where it is missing. */
function isInstalled(shell: string): boolean {
  if (process.env.REQUIRE_SERVICES) return true;
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.each(Object.keys(SHELLS) as (keyof typeof SHELLS)[])('%s', (name) => {
  /** Waits for the command line that the shell has after Tab is pressed. */
  async function completed(lines: readonly string[], expected: readonly string[], url = server.url) {
    const { command, source } = SHELLS[name];
    const shell = onTerminal(command, { columns: 200, env: { ...env, SIGNALBOX_URL: url } });
    shell.type(`cd '${folder}'; ${source}; echo re''ady\r`);
    await shell.untilWritten(/^ready/m);
    for (const [index, line] of lines.entries()) {
      const completes = new RegExp(`^@${expected[index]} *\r$`, 'm');
      // A busy machine may need more than 300 ms; then Tab is pressed again.
      await until(`the shell completes ${line}`, async () => {
        const { length } = shell.output();
        shell.type(`${line}\t\r`);
        await until('the line has run', () => /^@signalbox .*\r$/m.test(shell.output().slice(length)));
        return completes.test(shell.output().slice(length));
      });
    }
    shell.type('exit\r');
    await shell.exited;
  }

  it.skipIf(!isInstalled(name))('completes verbs, options, choices, files, and what the server knows', () =>
    completed(
      [
        'signalbox whoa',
        'signalbox workers dr',
        'signalbox runs --long',
        'signalbox show --progress=pl',
        'signalbox run nightly-',
        'signalbox workflows show "nightly-',
        'signalbox backup signalbox-con',
        'signalbox workflows save repo',
        'signalbox show run_',
        'signalbox approve --comment "not yet" apr_',
        'signalbox command convertToJ',
        'signalbox command convertToJson --num',
        'signalbox runs --profile st',
      ],
      [
        'signalbox whoami',
        'signalbox workers drain',
        'signalbox runs --longer-than',
        'signalbox show --progress=plain',
        'signalbox run nightly-report',
        'signalbox workflows show nightly-report',
        'signalbox backup signalbox-config/?',
        'signalbox workflows save report-draft.yaml',
        `signalbox show ${run}`,
        'signalbox approve --comment not yet apr_\\w{20,}',
        'signalbox command convertToJson',
        'signalbox command convertToJson --numbers',
        'signalbox runs --profile staging',
      ],
    ),
  );

  it.skipIf(!isInstalled(name))('completes the rest without a server', () =>
    completed(
      ['signalbox show run_', 'signalbox workers dr', 'signalbox run repo'],
      ['signalbox show run_', 'signalbox workers drain', 'signalbox run report-draft.yaml'],
      'http://127.0.0.1:1',
    ),
  );
});

describe('completion', () => {
  const suggested = async (words: readonly string[]) => {
    const { code, output, complaint } = await runCli(['completion', 'fish', '--', ...words], { env });
    expect([code, complaint]).toEqual([0, '']);
    return output === '' ? [] : output.split('\n').map((line) => line.split('\t')[0]);
  };
  /** A busy machine may need more than 300 ms; then it is asked again. */
  const expectSuggestions = (words: readonly string[], expected: readonly unknown[]) =>
    vi.waitFor(async () => expect(await suggested(words)).toEqual(expected), { timeout: 60_000 });

  it('suggests only runs that the verb can change, and approvals that the user may decide', async () => {
    await expectSuggestions(['cancel', ''], [run]);
    await expectSuggestions(['cancel', run, '--reason', 'none', ''], [run]);
    await expectSuggestions(['retry', ''], []);
    await expectSuggestions(['reject', ''], [expect.stringMatching(/^apr_/)]);
    await expectSuggestions(['export', run, ''], []);
  });

  it('suggests the values of options, also of those of a command', async () => {
    await expectSuggestions(['workflows', '--limit', '3', '-o', 'j'], ['json', 'jsonl']);
    await expectSuggestions(['runs', '--state', 'RUNNING', 'F'], ['FAILED']);
    await expectSuggestions(['runs', '--workflow=n'], ['--workflow=nightly-report']);
    await expectSuggestions(['command', 'convertToJson', '--mode', 'C'], ['CSV']);
    await expectSuggestions(['runs', '--limit', ''], []);
  });

  it('suggests nothing when nobody is signed in, or the file of the profiles is damaged', async () => {
    const anonymous = { ...env, SIGNALBOX_TOKEN: '', XDG_CONFIG_HOME: folder };
    const nothing = { code: 0, output: '', complaint: '' };
    const args = ['completion', 'zsh', '--', 'show', ''];
    expect(await runCli(args, { env: anonymous })).toEqual(nothing);
    await mkdir(join(folder, 'signalbox-damaged/signalbox'), { recursive: true });
    await writeFile(join(folder, 'signalbox-damaged/signalbox/hosts.json'), '{');
    const damaged = { ...env, XDG_CONFIG_HOME: join(folder, 'signalbox-damaged') };
    expect(await runCli(args, { env: damaged })).toEqual(nothing);
  });

  it('lets go of a server that does not answer', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      const result = runCli(['completion', 'bash', '--', 'signalbox show ', ''], {
        env: { ...env, SIGNALBOX_URL: url },
      });
      const [socket] = (await once(silent, 'connection')) as [Socket];
      const asked = performance.now();
      socket.resume();
      await once(socket, 'close');
      // 300 ms, on a machine that is busy with other tests.
      expect(performance.now() - asked).toBeLessThan(3_000);
      expect(await result).toEqual({ code: 0, output: '', complaint: '' });
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('names the shells that it has a script for', async () => {
    const { code, output, complaint } = await runCli(['completion', 'tcsh']);
    expect([code, output, complaint]).toEqual([2, '', expect.stringContaining('bash, zsh, fish')]);
  });
});
