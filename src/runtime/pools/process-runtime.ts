import type { Sandbox } from '../../core/programs/sandbox.ts';
import type { PoolSettings, Runtime } from '../../core/runtime.ts';
import { execUri, findProgram } from '../../resources/uri/exec-uri.ts';
import { runWorker, workerEnvironment } from './run-worker.ts';

const MIB = 2 ** 20;
/** Path of the run's folder in the sandbox. */
const WORKSPACE = '/workspace';

/** Runs each step of a pool in a new process in the sandbox. */
export function createProcessRuntime(
  settings: Extract<PoolSettings, { readonly runtime: 'process' }>,
  sandbox: Sandbox,
): Runtime {
  const { command, env, readPaths, hosts, limits } = settings;
  return {
    kind: 'process',
    async perform(item, context) {
      const [name = '', ...args] = command;
      const program = execUri(name);
      context.authorize('exec', program);
      if (sandbox.kind === 'none')
        context.log('WARN', 'The worker runs without a sandbox: it can do everything that this server can.');
      const workspace = await context.workspace();
      const worker = await sandbox.spawn(
        {
          command: [name === 'node' ? name : findProgram(name), ...args],
          env: workerEnvironment(env, program, context),
          cwd: WORKSPACE,
          mounts: [
            ...readPaths.map((path) => ({ from: path, to: path })),
            { from: workspace, to: WORKSPACE, writable: true },
          ],
          limits: {
            memoryBytes: limits.memory_mib * MIB,
            processes: limits.processes,
            cpuSeconds: limits.cpu_seconds,
            fileBytes: limits.file_mib * MIB,
          },
          hosts,
        },
        context.signal,
      );
      const visiblePath = sandbox.kind === 'none' ? workspace : WORKSPACE;
      return runWorker(worker, { ...item, workspace: visiblePath }, workspace, context);
    },
  };
}
