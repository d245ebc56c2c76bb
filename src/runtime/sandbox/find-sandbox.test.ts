import { expect, it } from 'vitest';
import { createSandboxFinder } from './find-sandbox.ts';

it('finds a sandbox that started a program, once', async () => {
  const findSandbox = createSandboxFinder({
    readPaths: [],
    outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 1_000 },
    allowUnsandboxed: false,
  });
  const choice = await findSandbox();
  expect(choice).toMatchObject({ sandbox: { kind: 'bubblewrap' }, why: '/usr/bin/bwrap works' });
  expect(['cgroup', 'weighing']).toContain(choice.memory.by);
  expect(choice.memory.why).not.toBe('');
  expect(await findSandbox()).toBe(choice);
});
