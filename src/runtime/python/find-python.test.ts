import { describe, expect, it } from 'vitest';
import { createSandboxFinder } from '../sandbox/find-sandbox.ts';
import { createUnsandboxed } from '../sandbox/unsandboxed.ts';
import { createPythonFinder } from './find-python.ts';

const findSandbox = createSandboxFinder({
  readPaths: [],
  outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 1_000 },
  allowUnsandboxed: false,
});
const why = 'bwrap is not installed';
const findUnsandboxed = async () => ({ sandbox: createUnsandboxed({ allowUnsandboxed: true, why }), why });

describe('the Python engine of this machine', () => {
  it('is native where there is a sandbox, unless the settings say otherwise', async () => {
    expect((await createPythonFinder({ prefer: 'auto', findSandbox })()).engine.name).toBe('native');
    expect((await createPythonFinder({ prefer: 'wasi', findSandbox })()).engine.name).toBe('wasi');
  });

  it('is WebAssembly where there is no sandbox, even when unsandboxed programs are allowed', async () => {
    const choice = await createPythonFinder({ prefer: 'auto', findSandbox: findUnsandboxed })();
    expect(choice).toMatchObject({ engine: { name: 'wasi' }, why });
  });

  it('is never native without a sandbox', async () => {
    const find = createPythonFinder({ prefer: 'native', findSandbox: findUnsandboxed });
    await expect(find()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(why) });
  });
});
