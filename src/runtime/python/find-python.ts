import { Fault } from '../../core/errors.ts';
import type { PythonEngine } from '../../core/python.ts';
import type { SandboxChoice } from '../sandbox/find-sandbox.ts';
import { openNativePython } from './native-python.ts';
import { createWasiPython } from './wasi-python.ts';

export interface PythonChoice {
  readonly engine: PythonEngine;
  /** What was found out, for whoever set the server up. */
  readonly why: string;
}

/**
 * The engine that Python runs in, found out at the first call: the native one where there is a sandbox for it, unless the
 * settings name one. @throws Fault UNAVAILABLE when the native one was asked for and does not work
 */
export function createPythonFinder({
  prefer,
  findSandbox,
}: {
  readonly prefer: 'auto' | 'native' | 'wasi';
  readonly findSandbox: () => Promise<SandboxChoice>;
}): () => Promise<PythonChoice> {
  let found: Promise<PythonChoice> | undefined;
  return () => {
    found ??= prefer === 'wasi' ? Promise.resolve(wasi('the settings ask for it')) : find(prefer, findSandbox);
    return found;
  };
}

async function find(prefer: 'auto' | 'native', findSandbox: () => Promise<SandboxChoice>): Promise<PythonChoice> {
  const { sandbox, why } = await findSandbox();
  const problem = sandbox.kind === 'none' ? why : undefined;
  try {
    if (problem === undefined) return { engine: await openNativePython(sandbox), why };
  } catch (error) {
    if (prefer === 'native' || !(error instanceof Fault)) throw error;
    return wasi(error.message);
  }
  if (prefer === 'auto') return wasi(problem);
  throw new Fault(
    'UNAVAILABLE',
    `The native Python needs a sandbox: ${problem}. Set PYTHON_ENGINE=wasi, or install bubblewrap.`,
  );
}

function wasi(why: string): PythonChoice {
  return { engine: createWasiPython(), why };
}
