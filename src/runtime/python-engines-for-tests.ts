import type { PythonEngine } from '../core/python.ts';
import { createBubblewrap } from './bubblewrap.ts';
import { openNativePython } from './python-native.ts';
import { createWasiPython } from './python-wasi.ts';

export const sandboxForTests = createBubblewrap({
  readPaths: [],
  outgoing: { allowedPrivateHosts: [], headerTimeoutMs: 5_000 },
});

/** Both engines as the server has them. */
export const pythonEnginesForTests: Readonly<Record<PythonEngine['name'], () => Promise<PythonEngine>>> = {
  wasi: async () => createWasiPython(),
  native: () => openNativePython(sandboxForTests),
};
