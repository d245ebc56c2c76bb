import type { PythonEngine } from '../../../src/core/programs/python.ts';
import { openNativePython } from '../../../src/runtime/python/native-python.ts';
import { createWasiPython } from '../../../src/runtime/python/wasi-python.ts';
import { createBubblewrap } from '../../../src/runtime/sandbox/bubblewrap.ts';

export const testSandbox = createBubblewrap({
  readPaths: [],
  outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 5_000 },
});

/** Both engines, set up as the server does. */
export const testPythonEngines: Readonly<Record<PythonEngine['name'], () => Promise<PythonEngine>>> = {
  wasi: async () => createWasiPython(),
  native: () => openNativePython(testSandbox),
};
