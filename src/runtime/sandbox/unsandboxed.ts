import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { Fault } from '../../core/errors.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import { startLoopbackGateway } from './egress-socket.ts';
import { hostPath, resolveMounts } from './mounts.ts';
import { PRLIMIT, prlimitCommand, startProcess } from './start-process.ts';
import { proxyVariables } from './with-egress-relay.ts';

interface UnsandboxedSettings {
  /** ALLOW_UNSANDBOXED_EXEC */
  readonly allowUnsandboxed: boolean;
  /** Why there is no sandbox. */
  readonly why: string;
}

const PROGRAM_DIRS = ['/usr/local/bin', '/usr/bin', '/bin'];
const DEFAULT_CWD = '/work';

/**
 * Runs programs as the user of this process, with its network: only their environment is separate, and they can be ended
 * as a group. Nothing is mounted; `cwd` and the program are looked up where their mounts come from.
 */
export function createUnsandboxed({ allowUnsandboxed, why }: UnsandboxedSettings): Sandbox {
  return {
    kind: 'none',
    async spawn(program, signal) {
      if (!allowUnsandboxed) {
        const message = `There is no sandbox: ${why}. Set ALLOW_UNSANDBOXED_EXEC=true to run programs without one.`;
        throw new Fault('UNAVAILABLE', message);
      }
      const mounts = await resolveMounts(program.mounts);
      const [name = '', ...args] = program.command;
      const candidates = name.startsWith('/')
        ? [hostPath(name, mounts) ?? name]
        : PROGRAM_DIRS.map((folder) => `${folder}/${name}`);
      const file = name === 'node' ? process.execPath : await firstExecutable(candidates);
      if (file === undefined) {
        throw new Fault(
          'NOT_FOUND',
          `There is no program ${name} on this machine. Give its absolute path, or a name in /usr/bin.`,
        );
      }
      const limits = existsSync(PRLIMIT) ? prlimitCommand(program.limits) : [];
      const cwd = program.cwd ?? DEFAULT_CWD;
      const gateway = program.gateway && (await startLoopbackGateway(program.gateway));
      try {
        const env = { ...program.env, ...(gateway && proxyVariables(gateway.url)) };
        const process = await startProcess(
          { command: [...limits, file, ...args], env, cwd: hostPath(cwd, mounts) ?? cwd },
          signal,
        );
        void process.exited.then(gateway?.close);
        return process;
      } catch (error) {
        await gateway?.close();
        throw error;
      }
    },
  };
}

async function firstExecutable(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    const isExecutable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return candidate;
  }
  return undefined;
}
