import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

export const folder = resolve(import.meta.dirname, '..');

interface PythonOptions {
  readonly url: string;
  readonly token?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: python3. */
  readonly command?: string;
  readonly cwd?: string;
  /** Where to find the client. Default: the folder of its sources. */
  readonly path?: string | undefined;
}

/** Runs a Python program that may import the client. */
export function startPython(program: string, options: PythonOptions) {
  const { url, token, env, command = 'python3', cwd, path = command === 'python3' ? folder : '' } = options;
  const child = spawn(command, ['-c', program], {
    cwd,
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: path,
      PYTHONDONTWRITEBYTECODE: '1',
      SIGNALBOX_URL: url,
      ...(token && { SIGNALBOX_TOKEN: token }),
      ...env,
    },
  });
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => errors.push(line));
  return { child, lines, errors, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** Begins a program with a `client`, and what the tests need of the module. */
export const CLIENT = `
import os
from signalbox import Client, ConnectionLost, Refused, RunFailed, SignalboxError
client = Client(os.environ['SIGNALBOX_URL'], token=os.environ.get('SIGNALBOX_TOKEN'))
`;

/** The lines that a program with a `client` prints. It must succeed, and print no error. */
export async function outputOf(program: string, options: PythonOptions): Promise<readonly string[]> {
  const { lines, errors, ended } = startPython(`${CLIENT}${program}`, options);
  expect([await ended, errors]).toEqual([0, []]);
  return lines;
}

/** The Python programs of the README, in its order. */
export async function readmePrograms(): Promise<readonly string[]> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  return [...readme.matchAll(/```python\n(.*?)```/gs)].map(([, program = '']) => program);
}
