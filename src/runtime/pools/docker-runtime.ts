import { execFile } from 'node:child_process';
import type { PoolSettings, Runtime } from '../../core/runtime.ts';
import { execUri, findProgram } from '../../resources/uri/exec-uri.ts';
import { startProcess } from '../sandbox/start-process.ts';
import { runWorker, workerEnvironment } from './run-worker.ts';

type DockerSettings = Extract<PoolSettings, { readonly runtime: 'docker' }>;

const WORKSPACE = '/workspace';
const KILL_TIMEOUT_MS = 10_000;

/**
 * Runs each step of a pool in a new container, which is removed afterwards. It sees the folder of its run and nothing else
 * of the host.
 * @param docker name or path of the program
 */
export function createDockerRuntime(settings: DockerSettings, docker = 'docker'): Runtime {
  return {
    kind: 'docker',
    async perform(item, context) {
      const program = execUri(docker);
      context.authorize('exec', program);
      const file = findProgram(docker);
      const workspace = await context.workspace();
      const env = workerEnvironment(settings.env, program, context);
      const name = `signalbox-${item.step_id}-${item.attempt}`;
      const command = [file, ...dockerArguments(settings, { name, workspace, variables: Object.keys(settings.env) })];
      // The client takes values from its environment by name, so that no value is on a command line.
      const worker = await startProcess({ command, env }, context.signal);
      const stop = () => void execFile(file, ['kill', name], { env: {}, timeout: KILL_TIMEOUT_MS }, () => {});
      context.signal.addEventListener('abort', stop, { once: true });
      try {
        return await runWorker(worker, { ...item, workspace: WORKSPACE }, workspace, context);
      } finally {
        context.signal.removeEventListener('abort', stop);
      }
    },
  };
}

interface Container {
  readonly name: string;
  readonly workspace: string;
  readonly variables: readonly string[];
}

function dockerArguments(settings: DockerSettings, { name, workspace, variables }: Container): readonly string[] {
  const { image, command, network, limits } = settings;
  const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  return [
    ...['run', '--rm', '--interactive', '--init', '--name', name],
    ...(network ? [] : ['--network', 'none']),
    ...['--memory', `${limits.memory_mib}m`, '--memory-swap', `${limits.memory_mib}m`],
    ...['--pids-limit', String(limits.processes)],
    ...['--ulimit', `cpu=${limits.cpu_seconds}`, '--ulimit', `fsize=${limits.file_mib * 2 ** 20}`],
    ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['--user', owner, '--volume', `${workspace}:${WORKSPACE}`, '--workdir', WORKSPACE],
    ...variables.flatMap((variable) => ['--env', variable]),
    ...[image, ...command],
  ];
}
