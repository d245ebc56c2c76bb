import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signalboxOnTerminal, type TerminalProgram } from '../../../test/support/pseudo-terminal.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { until } from '../../../test/support/until.ts';
import { screenOf } from './terminal-screen.ts';

const root = resolve(import.meta.dirname, '../../..');

let server: Server;
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let env: Record<string, string>;

beforeAll(async () => {
  // As in a clone, where nothing is set.
  server = await startServer({ env: { JWT_SECRET: undefined } });
  folder = await createTempFolder();
  // What the page calls `signalbox`.
  const program = join(folder.path, 'signalbox');
  await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${join(root, 'src/main.mjs')} "$@"\n`, { mode: 0o755 });
  const path = `${folder.path}:${process.env.PATH}`;
  env = { PATH: path, SIGNALBOX_URL: server.url, XDG_CONFIG_HOME: join(folder.path, 'config') };
});

afterAll(async () => {
  await server?.stop();
  await folder?.[Symbol.asyncDispose]();
});

interface Entry {
  readonly command: string;
  readonly output: string;
}

/** The commands and outputs of each transcript of a section. */
async function transcriptsOf(page: string, heading: string): Promise<readonly (readonly Entry[])[]> {
  const [, section = ''] = (await readFile(join(root, page), 'utf8')).split(`\n## ${heading}\n`);
  const text = section.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((entry) => {
        const [command = '', ...lines] = entry.trimEnd().split('\n');
        return { command, output: lines.join('\n') };
      }),
  );
}

/** What differs from run to run and from machine to machine, each in its exact form. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/run_[0-9a-f]{32}/g, 'RUN'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'TIME'],
  [/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g, 'URL'],
  [/ {2}(?:\d{1,2}ms|\d\.\ds|\d\ds|\d+m\d\ds)$/gm, '  DURATION'],
  [/(?<= as )[0-9a-f]{12}(?=\.)/g, 'COMMIT'],
  [/Python 3\.\d+\.\d+ \((?:native|wasi)\)/g, 'PYTHON'],
  [/(?<=(?:mypy|pytest): )(?:passed|not installed)/g, 'CHECKED'],
  [/(?<=^ {2}Data {6})\/\S+$/gm, 'FOLDER'],
];
/** A slow machine reports more of what a step does: its progress, and that a step that only computes has begun before it has ended. */
const PROGRESS = /^TIME {2}\w+ {2}(?:\d+ % \w+|RUNNING)$/;

/** The lines without what is variable. Those of steps that run at the same time come in any order, those of one step in theirs. */
function normalize(output: string): readonly string[] {
  const text = VARIABLE.reduce((changed, [pattern, name]) => changed.replace(pattern, name), output);
  const lines = text
    .trimEnd()
    .split('\n')
    .filter((line) => !PROGRESS.test(line));
  const stepOf = (line: string) => /^TIME {2}(\w+)/.exec(line)?.[1] ?? '';
  return lines.toSorted((a, b) => stepOf(a).localeCompare(stepOf(b)));
}

type Run = (command: string) => Promise<string>;

/** Replays a transcript. An ID in it stands for the one that its command prints now. */
async function expectSame(transcript: readonly Entry[], run: Run): Promise<void> {
  expect(transcript.length).toBeGreaterThan(1);
  const ids = new Map<string, string>();
  for (const { command, output } of transcript) {
    const now = await run(command.replace(/run_[0-9a-f]{32}/, (id) => ids.get(id) ?? id));
    expect(normalize(now), command).toEqual(normalize(output));
    const [before, after] = [output, now].map((text) => /run_[0-9a-f]{32}/.exec(text)?.[0]);
    if (before !== undefined && after !== undefined) ids.set(before, after);
  }
}

/** Types what the questions of `signalbox login` ask for. */
async function answer(program: TerminalProgram): Promise<void> {
  for (const question of [/User name/, /Password/]) {
    await program.untilWritten(question);
    program.type('alice\r');
  }
}

const onTerminal: Run = async (command) => {
  const args = command.split(' ').slice(1);
  const program = signalboxOnTerminal(args, { env });
  if (args[0] === 'login') await Promise.race([answer(program), program.exited]);
  expect(await program.exited, program.output()).toBe(0);
  return screenOf(program.output());
};

const inShell: Run = async (command) => {
  const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', command], { cwd: root, env });
  return stdout + stderr;
};

it('a service is built by command line alone as docs/cli.md shows it', async () => {
  const [start = [], terminal = [], pipe = []] = await transcriptsOf('docs/cli.md', 'A service, from nothing');
  expect(start.map(({ command }) => command)).toEqual(['npm start']);
  await until('the banner is complete', () => server.stdoutLines.at(-1)?.includes('Development mode'));
  expect(normalize(server.stdoutLines.join('\n'))).toEqual(normalize(start[0]?.output ?? ''));
  await expectSame(terminal, onTerminal);
  await expectSame(pipe, inShell);
});
