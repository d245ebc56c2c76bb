import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine, PythonRequest, PythonResult } from '../../core/programs/python.ts';
import type { Program, Sandbox } from '../../core/programs/sandbox.ts';
import { removeFolder } from '../../lib/system/remove-folder.ts';
import { exceedsLimits, pythonManifest, readOutputFiles } from './output-files.ts';
import { pythonArguments } from './python-arguments.ts';
import { supervise } from './supervise.ts';

const PYTHON = '/usr/bin/python3';
/** No variables, no user packages, no .pyc; unbuffered, so that no output is lost when it is killed. */
const PYTHON_OPTIONS = ['-E', '-s', '-B', '-u', '-X', 'utf8'];
const PYTHON_ENV = { PATH: '/usr/bin:/bin', HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8' };
const MAX_PROCESSES = 16;
const MAX_OUTPUT_FILES = 1_000;
const PROBE_REQUEST = {
  args: [],
  files: [],
  hosts: [],
  timeoutMs: 10_000,
  maxOutputBytes: 2 ** 16,
  memoryBytes: 2 ** 29,
};

/** The system's Python in a sandbox. @throws Fault UNAVAILABLE when it does not work */
export async function openNativePython(sandbox: Sandbox): Promise<PythonEngine> {
  const run = (request: PythonRequest, signal: AbortSignal) => runInSandbox(sandbox, request, signal);
  const evaluate = async (code: string, args: readonly string[] = []) => {
    const { returnCode, stdout, stderr } = await run({ ...PROBE_REQUEST, entrypoint: '-c', code, args }, NEVER_ABORTED);
    if (returnCode !== 0) throw new Fault('UNAVAILABLE', `${PYTHON} does not work: ${stderr.trim().slice(-300)}`);
    return stdout.trim();
  };
  const version = await evaluate('import platform; print(platform.python_version())');
  return {
    name: 'native',
    version,
    async importable(modules) {
      const importable = await evaluate(FIND_MODULES_CODE, modules);
      return modules.filter((module) => importable.split('\n').includes(module));
    },
    run,
  };
}

const NEVER_ABORTED = new AbortController().signal;

const FIND_MODULES_CODE = `
import importlib.util, sys
for name in sys.argv[1:]:
    if name.split('.')[0] not in sys.stdlib_module_names:
        try:
            if importlib.util.find_spec(name): print(name)
        except (ImportError, ValueError): pass
`;

async function runInSandbox(sandbox: Sandbox, request: PythonRequest, signal: AbortSignal): Promise<PythonResult> {
  const args = pythonArguments(request);
  const startedAt = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-python-'));
  try {
    const work = join(folder, 'work');
    const out = join(folder, 'out');
    await Promise.all([writeInputFiles(work, request.files), mkdir(out)]);
    const process = await sandbox.spawn(
      programOf(
        request,
        [PYTHON, ...PYTHON_OPTIONS, ...args],
        [
          { from: work, to: '/work' },
          { from: out, to: '/out', writable: true },
        ],
      ),
      signal,
    );
    process.stdin.end(request.stdin ?? '');
    const limits = { maxBytes: request.maxOutputBytes, maxFiles: MAX_OUTPUT_FILES };
    const checkLimits = async () => ((await exceedsLimits(out, limits)) ? 'FILES' : undefined);
    const { exit, stopped, stdout, stderr, wallMs } = await supervise(process, {
      request,
      signal,
      startedAt,
      checkLimits,
    });
    const produced = await readOutputFiles(out, limits);
    const reason = stopped ?? (produced.truncated ? 'FILES' : undefined);
    return {
      returnCode: exit.code,
      stdout,
      stderr,
      ...(reason && { stopped: reason }),
      produced: produced.files,
      manifest: pythonManifest(request.files, produced.files),
      metrics: { wallMs },
    };
  } finally {
    await removeFolder(folder);
  }
}

function programOf(request: PythonRequest, command: readonly string[], mounts: Program['mounts']): Program {
  return {
    command,
    env: PYTHON_ENV,
    cwd: '/work',
    mounts,
    hosts: request.hosts,
    limits: {
      memoryBytes: request.memoryBytes,
      processes: MAX_PROCESSES,
      cpuSeconds: request.timeoutMs / 1_000 + 1,
      fileBytes: request.maxOutputBytes,
    },
  };
}

/** Readable by the user of the program; only the server can access the folder above. */
async function writeInputFiles(folder: string, files: PythonRequest['files']): Promise<void> {
  await mkdir(folder);
  const folders = new Set([folder, ...files.flatMap(({ path }) => parentsOf(path).map((name) => join(folder, name)))]);
  for (const each of [...folders].sort()) {
    await mkdir(each, { recursive: true });
    await chmod(each, 0o755);
  }
  await Promise.all(
    files.map(async ({ path, bytes }) => {
      await writeFile(join(folder, path), bytes);
      await chmod(join(folder, path), 0o644);
    }),
  );
}

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [...parentsOf(parent), parent];
}
