import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine, PythonRequest, PythonResult } from '../../core/python.ts';
import type { Program, Sandbox } from '../../core/sandbox.ts';
import { removeFolder } from '../../resources/remove-folder.ts';
import { isTooMuch, pythonManifest, readProduced } from './output-files.ts';
import { pythonWords } from './python-arguments.ts';
import { supervised } from './supervise.ts';

const PYTHON = '/usr/bin/python3';
/** No variables, no user's packages, no .pyc, nothing held back when it is killed. */
const OPTIONS = ['-E', '-s', '-B', '-u', '-X', 'utf8'];
const ENV = { PATH: '/usr/bin:/bin', HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8' };
const PROCESSES = 16;
const MAX_FILES = 1_000;
const PROBE = { args: [], files: [], hosts: [], timeoutMs: 10_000, maxOutputBytes: 2 ** 16, memoryBytes: 2 ** 29 };

/** The system's Python in a sandbox. @throws Fault UNAVAILABLE when there is none */
export async function openNativePython(sandbox: Sandbox): Promise<PythonEngine> {
  const run = (request: PythonRequest, signal: AbortSignal) => runIn(sandbox, request, signal);
  const ask = async (code: string, args: readonly string[] = []) => {
    const { returnCode, stdout, stderr } = await run({ ...PROBE, entrypoint: '-c', code, args }, NEVER);
    if (returnCode !== 0) throw new Fault('UNAVAILABLE', `${PYTHON} does not run: ${stderr.trim().slice(-300)}`);
    return stdout.trim();
  };
  const version = await ask('import platform; print(platform.python_version())');
  return {
    name: 'native',
    version,
    async importable(modules) {
      const found = await ask(FIND, modules);
      return modules.filter((module) => found.split('\n').includes(module));
    },
    run,
  };
}

const NEVER = new AbortController().signal;

const FIND = `
import importlib.util, sys
for name in sys.argv[1:]:
    if name.split('.')[0] not in sys.stdlib_module_names:
        try:
            if importlib.util.find_spec(name): print(name)
        except (ImportError, ValueError): pass
`;

async function runIn(sandbox: Sandbox, request: PythonRequest, signal: AbortSignal): Promise<PythonResult> {
  const words = pythonWords(request);
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-python-'));
  try {
    const work = join(folder, 'work');
    const out = join(folder, 'out');
    await Promise.all([putFiles(work, request.files), mkdir(out)]);
    const process = await sandbox.spawn(
      programOf(
        request,
        [PYTHON, ...OPTIONS, ...words],
        [
          { from: work, to: '/work' },
          { from: out, to: '/out', writable: true },
        ],
      ),
      signal,
    );
    process.stdin.end(request.stdin ?? '');
    const limits = { maxBytes: request.maxOutputBytes, maxFiles: MAX_FILES };
    const look = async () => ((await isTooMuch(out, limits)) ? 'FILES' : undefined);
    const { ended, stopped, ...said } = await supervised(process, { request, signal, began, look });
    const produced = await readProduced(out, limits);
    const why = stopped ?? (produced.more ? 'FILES' : undefined);
    return {
      returnCode: ended.code,
      stdout: said.stdout,
      stderr: said.stderr,
      ...(why && { stopped: why }),
      produced: produced.files,
      manifest: pythonManifest(request.files, produced.files),
      metrics: { wallMs: said.wallMs },
    };
  } finally {
    await removeFolder(folder);
  }
}

function programOf(request: PythonRequest, command: readonly string[], mounts: Program['mounts']): Program {
  return {
    command,
    env: ENV,
    cwd: '/work',
    mounts,
    hosts: request.hosts,
    limits: {
      memoryBytes: request.memoryBytes,
      processes: PROCESSES,
      cpuSeconds: request.timeoutMs / 1_000 + 1,
      fileBytes: request.maxOutputBytes,
    },
  };
}

/** Readable by whoever the program is; the folder above is the server's alone. */
async function putFiles(folder: string, files: PythonRequest['files']): Promise<void> {
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
