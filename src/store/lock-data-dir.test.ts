import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockDataDir } from './lock-data-dir.ts';

const held = (folder: string) => {
  const code = `import { lockDataDir } from ${JSON.stringify(new URL('./lock-data-dir.ts', import.meta.url).href)};
    lockDataDir(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
};

it('excludes a second process until the first has ended, even by SIGKILL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-lock-'));
  const child = held(folder);
  try {
    await once(child.stdout, 'data');
    expect(() => lockDataDir(folder)).toThrow(/Another Signalbox process uses/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const unlock = lockDataDir(folder);
    unlock();
    lockDataDir(folder)();
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
