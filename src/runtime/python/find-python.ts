import { Fault } from '../../core/errors.ts';
import type { PythonEngine } from '../../core/programs/python.ts';
import type { SandboxChoice } from '../sandbox/find-sandbox.ts';
import { openNativePython } from './native-python.ts';
import { createWasiPython } from './wasi-python.ts';

interface PythonChoice {
  readonly engine: PythonEngine;
  /** Why this engine was chosen, for the operator. */
  readonly why: string;
}

/**
 * Chooses the Python engine at the first call: the native one where there is a sandbox for it, unless the settings name
 * one. @throws Fault UNAVAILABLE when the settings require the native one and it does not work
 */
export function createPythonFinder({
  prefer,
  findSandbox,
}: {
  readonly prefer: 'auto' | 'native' | 'wasi';
  readonly findSandbox: () => Promise<Pick<SandboxChoice, 'sandbox' | 'why'>>;
}): () => Promise<PythonChoice> {
  let choice: Promise<PythonChoice> | undefined;
  return () => {
    choice ??= prefer === 'wasi' ? Promise.resolve(wasi('the settings ask for it')) : find(prefer, findSandbox);
    return choice;
  };
}

async function find(
  prefer: 'auto' | 'native',
  findSandbox: () => Promise<Pick<SandboxChoice, 'sandbox' | 'why'>>,
): Promise<PythonChoice> {
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
