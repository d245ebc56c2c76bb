import type { Config } from '../../config/config.ts';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine } from '../../core/programs/python.ts';
import { openNativePython } from '../../runtime/python/native-python.ts';
import { createWasiPython } from '../../runtime/python/wasi-python.ts';
import { createSandboxFinder, type MemoryLimit } from '../../runtime/sandbox/find-sandbox.ts';
import { type Finding, limited, unusable, usable } from './finding.ts';

const PROBE_TIMEOUT_MS = 5_000;
const PROBE_REQUEST = {
  ...{ entrypoint: '-c', code: 'print("ready")', args: [], files: [], hosts: [] },
  ...{ timeoutMs: PROBE_TIMEOUT_MS, maxOutputBytes: 4_096, memoryBytes: 512 * 2 ** 20 },
};

/** The sandbox and both engines of python.run, each by running a program. */
export async function checkEngines(config: Config): Promise<readonly Finding[]> {
  const { readPaths, allowUnsandboxed, python } = config.sandbox;
  const { allowedPrivateHosts, headerTimeoutMs } = config.resources;
  const outgoing = { allowedPrivateHosts, headerTimeoutMs };
  const { sandbox, why, memory } = await createSandboxFinder({ readPaths, allowUnsandboxed, outgoing })();
  const isIsolated = sandbox.kind === 'bubblewrap';
  const native = isIsolated
    ? await checkPython('python (native)', () => openNativePython(sandbox))
    : limited('python (native)', 'it requires the sandbox');
  const wasi = await checkPython('python (wasi)', async () => createWasiPython());
  const isThere = (finding: Finding) => finding.usable === 'yes';
  const needed = python === 'native' ? isThere(native) : isThere(native) || isThere(wasi);
  return [
    ...(isIsolated ? [usable('sandbox', why), memoryFinding(memory)] : [withoutSandbox(why, allowUnsandboxed)]),
    native,
    wasi,
    ...(needed
      ? []
      : [unusable('python.run', 'no engine works', 'Install bubblewrap and python3, or leave PYTHON_ENGINE out.')]),
  ];
}

function memoryFinding({ by, why }: MemoryLimit): Finding {
  const name = 'memory of programs';
  if (by === 'cgroup') return usable(name, `each program has a cgroup: ${why}`);
  const advice = 'docs/sandbox.md#memory says how to give the server a cgroup for itself.';
  if (by === 'weighing') return limited(name, `the processes of a program are weighed from outside: ${why}`, advice);
  return limited(name, `only the address space of each process is limited: ${why}`, advice);
}

function withoutSandbox(why: string, allowed: boolean): Finding {
  const advice = 'Install bubblewrap (Debian: apt install bubblewrap).';
  if (allowed) return limited('sandbox', `none, and programs run without: ${why}`, advice);
  return limited('sandbox', `bash_cli, MCP servers over stdio, workers and repo.git.* do not run: ${why}`, advice);
}

async function checkPython(name: string, open: () => Promise<PythonEngine>): Promise<Finding> {
  try {
    const engine = await open();
    const began = performance.now();
    const { stdout, stderr, stopped } = await engine.run(PROBE_REQUEST, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    const ms = Math.round(performance.now() - began);
    if (stdout.trim() === 'ready') return usable(name, `Python ${engine.version}, ${ms} ms a call`);
    return limited(name, `it does not run: ${stopped ?? stderr.trim().split('\n').at(-1)}`);
  } catch (error) {
    return limited(name, error instanceof Fault ? error.message : String(error));
  }
}
