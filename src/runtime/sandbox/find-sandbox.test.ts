import { describe, expect, it } from 'vitest';
import { createPythonFinder } from '../python/find-python.ts';
import { createSandboxFinder } from './find-sandbox.ts';
import { createUnsandboxed } from './unsandboxed.ts';

const findSandbox = createSandboxFinder({
  readPaths: [],
  outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 1_000 },
  allowUnsandboxed: false,
});
const why = 'bwrap is not installed';
const findNone = async () => ({ sandbox: createUnsandboxed({ allowUnsandboxed: true, why }), why });

describe('what this machine has', () => {
  it('is a sandbox that started a program, found once', async () => {
    const found = await findSandbox();
    expect(found).toMatchObject({ sandbox: { kind: 'bubblewrap' }, why: '/usr/bin/bwrap works' });
    expect(await findSandbox()).toBe(found);
  });

  it('is the native Python where there is a sandbox, unless the settings say otherwise', async () => {
    expect((await createPythonFinder({ prefer: 'auto', findSandbox })()).engine.name).toBe('native');
    expect((await createPythonFinder({ prefer: 'wasi', findSandbox })()).engine.name).toBe('wasi');
  });

  it('is Python in WebAssembly where there is none, even when programs may run without', async () => {
    const found = await createPythonFinder({ prefer: 'auto', findSandbox: findNone })();
    expect(found).toMatchObject({ engine: { name: 'wasi' }, why });
  });

  it('is no native Python without a sandbox', async () => {
    const find = createPythonFinder({ prefer: 'native', findSandbox: findNone });
    await expect(find()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(why) });
  });
});
