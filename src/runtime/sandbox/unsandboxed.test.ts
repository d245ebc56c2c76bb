import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../../test/support/runtime/is-running.ts';
import type { Program } from '../../core/programs/sandbox.ts';
import { createUnsandboxed } from './unsandboxed.ts';

describe('a machine without a sandbox', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-unsandboxed-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const program = (script: string): Program => ({
    command: ['sh', '-c', script],
    env: { PATH: '/usr/bin:/bin', GIVEN: 'yes' },
    mounts: [{ from: folder, to: '/work', writable: true }],
    limits: { memoryBytes: 2 ** 30, processes: 4_096, cpuSeconds: 5, fileBytes: 1_000 },
  });
  const spawn = (script: string, signal = AbortSignal.timeout(110_000)) =>
    createUnsandboxed({ allowUnsandboxed: true, why: 'bwrap is not installed' }).spawn(program(script), signal);

  it('runs nothing unless that is allowed, and says what to set', async () => {
    const closed = createUnsandboxed({ allowUnsandboxed: false, why: 'bwrap is not installed' });
    await expect(closed.spawn(program('true'), AbortSignal.timeout(1_000))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/bwrap is not installed.*ALLOW_UNSANDBOXED_EXEC=true/),
    });
  });

  it('runs a program with its environment and limits, in the source of its mount', async () => {
    const running = await spawn('env | sort; pwd; head -c 5000 /dev/zero > file 2>/dev/null; exit 3');
    running.stdin.end();
    const stdout = await text(running.stdout);
    expect(await running.exited).toEqual({ code: 3, signal: null });
    expect(stdout.split('\n').filter((line) => !/^(OLDPWD|PWD)=/.test(line))).toEqual([
      'GIVEN=yes',
      'PATH=/usr/bin:/bin',
      folder,
      '',
    ]);
    expect((await readFile(join(folder, 'file'))).byteLength).toBe(1_000);
  });

  it('ends the child processes of a program with it', async () => {
    const stop = new AbortController();
    const running = await spawn('sleep 600 & echo $!; wait', stop.signal);
    const child = await new Promise<number>((resolve) =>
      running.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))),
    );
    stop.abort();
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it('reports that there is no such program', async () => {
    const sandbox = createUnsandboxed({ allowUnsandboxed: true, why: '' });
    const missing = { ...program(''), command: ['no-such-program'] };
    await expect(sandbox.spawn(missing, AbortSignal.timeout(1_000))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
