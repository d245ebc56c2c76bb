import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../../../test/support/runtime/is-running.ts';
import { until } from '../../../test/support/until.ts';
import { endWithParent } from './end-with-parent.ts';

/** Runs a command to its end, as a child of this process. */
async function run(file: string, args: readonly string[]) {
  const child = spawn(file, args, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stdout = await text(child.stdout);
  return { stdout, code: await exited };
}

describe.skipIf(process.platform !== 'linux')('a command that ends with its parent', () => {
  it('runs as it is, with its arguments and its exit code', async () => {
    const [file = '', ...args] = endWithParent(['/bin/sh', '-c', 'echo "$1"; exit 7', 'sh', 'an  "argument"']);
    expect(await run(file, args)).toEqual({ stdout: 'an  "argument"\n', code: 7 });
  });

  it('does not start when its parent has ended before the kernel knew', async () => {
    const command = endWithParent(['/bin/echo', 'started']);
    // The shell in between is not the parent that the command asks for.
    const { stdout, code } = await run('/bin/sh', ['-c', '"$@"; exit "$?"', 'sh', ...command]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  });

  it('is ended by the kernel when its parent is killed', async () => {
    const module = JSON.stringify(new URL('./end-with-parent.ts', import.meta.url).href);
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { spawn } from 'node:child_process';
         import { endWithParent } from ${module};
         const [file, ...args] = endWithParent(['/bin/sleep', '3600']);
         process.stdout.write(String(spawn(file, args, { detached: true, stdio: 'ignore' }).pid) + '\\n');`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await new Promise<readonly [Buffer]>((resolve) =>
      parent.stdout.once('data', (data) => resolve([data])),
    );
    const pid = Number(String(line));
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until('it has ended', () => !isRunning(pid));
  });
});
