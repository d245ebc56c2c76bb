import type { Process, Program, Sandbox } from '../../core/sandbox.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { GuardDeps } from '../../resources/outgoing/guarded-connector.ts';
import { startEgressProxy } from './egress-proxy.ts';
import {
  type Mount,
  resolveMounts,
  resolveSandboxProgram,
  systemDirOptions,
  systemMounts,
  withoutCovered,
} from './mounts.ts';
import { chownWritable, isRoot, SETPRIV_COMMAND } from './sandbox-user.ts';
import { seccompFilter } from './seccomp-filter.ts';
import { DATA_FD, INPUT_FD, prlimitCommand, startProcess } from './start-process.ts';
import { withEgressRelay } from './with-egress-relay.ts';

export interface BubblewrapSettings {
  /** Files and folders that every program may read, at their own path; absolute. */
  readonly readPaths: readonly string[];
  /** How the hosts that a program may reach are connected to. */
  readonly outgoing: GuardDeps;
  readonly logger?: Logger;
}

export const BWRAP = '/usr/bin/bwrap';
/** Where root puts what it mounts for one who could not reach it: over /tmp, which every machine has. */
const STAGING_DIR = '/tmp';
const DEFAULT_CWD = '/work';
/** /tmp and /dev/shm are memory of this machine. */
const TMP_BYTES = 256 * 2 ** 20;
const SHM_BYTES = 64 * 2 ** 20;
const INSIDE_UID = '1000';
const SECCOMP_FILTER = seccompFilter();

/** Programs in namespaces of their own, without any capability, under limits; see docs/sandbox.md. */
export function createBubblewrap(settings: BubblewrapSettings): Sandbox {
  const { readPaths, outgoing, logger } = settings;
  const system = memoize(async () => ({ places: await systemMounts(readPaths), folders: await systemDirOptions() }));

  return {
    kind: 'bubblewrap',
    async spawn(program, signal) {
      const { places, folders } = await system();
      const mounts = await resolveMounts(program.mounts);
      const visible = [...withoutCovered(places, mounts), ...mounts];
      const [name = '', ...args] = program.command;
      const command = [await resolveSandboxProgram(name, visible), ...args];
      if (isRoot()) await chownWritable(mounts);
      if (!program.hosts?.length) return startInSandbox({ program, command, places: visible, folders }, signal);

      const egress = await startEgressProxy({ hosts: program.hosts, outgoing });
      try {
        const reached = withEgressRelay({ program, command, socket: egress.socket });
        const process = await startInSandbox({ ...reached, places: [...visible, ...reached.places], folders }, signal);
        void process.exited.then(async () => {
          logger?.info('sandbox.egress', { hosts: program.hosts, ...egress.bytes() });
          await egress.close();
        });
        return process;
      } catch (error) {
        await egress.close();
        throw error;
      }
    },
  };
}

interface SandboxedCommand {
  readonly program: Program;
  /** argv as it is inside. */
  readonly command: readonly string[];
  readonly places: readonly Mount[];
  readonly folders: readonly string[];
  /** Started instead, with the limited command after it. */
  readonly before?: readonly string[];
}

async function startInSandbox(
  { program, command, places, folders, before = [] }: SandboxedCommand,
  signal: AbortSignal,
): Promise<Process> {
  // Parents before what lies in them.
  const ordered = places.toSorted((a, b) => a.to.length - b.to.length);
  const staged = isRoot();
  const binds = ordered.flatMap(({ from, to, writable }, i) => [
    writable ? '--bind' : '--ro-bind',
    staged ? `${STAGING_DIR}/${i}` : from,
    to,
  ]);
  const options = [
    ...ISOLATION_OPTIONS,
    ...setenvOptions(program.env),
    ...folders,
    ...PRIVATE_FILESYSTEM_OPTIONS,
    ...binds,
    ...READ_ONLY_ROOT_OPTIONS,
  ];
  options.push('--chdir', program.cwd ?? DEFAULT_CWD);
  if (SECCOMP_FILTER) options.push('--seccomp', String(INPUT_FD));
  const argv = [BWRAP, '--args', String(DATA_FD), '--', ...before, ...prlimitCommand(program.limits), ...command];
  const process = await startProcess(
    {
      command: staged ? [...stagingCommand(ordered), ...SETPRIV_COMMAND, ...argv] : argv,
      // The program's own variables must not reach the loader of what runs out here, nor its arguments be read by others.
      env: {},
      cwd: '/',
      dataPipe: true,
      ...(SECCOMP_FILTER && { extraInput: SECCOMP_FILTER }),
    },
    signal,
  );
  process.dataPipe?.end(options.map((option) => `${option}\0`).join(''));
  return process;
}

/** As root: a view in which an ordinary user finds everything that is to be mounted, wherever it lies. */
function stagingCommand(places: readonly Mount[]): readonly string[] {
  const binds = places.flatMap(({ from, writable }, i) => [
    writable ? '--bind' : '--ro-bind',
    from,
    `${STAGING_DIR}/${i}`,
  ]);
  return [
    BWRAP,
    '--die-with-parent',
    '--dev-bind',
    '/',
    '/',
    '--perms',
    '0711',
    '--tmpfs',
    STAGING_DIR,
    ...binds,
    '--',
  ];
}

const ISOLATION_OPTIONS: readonly string[] = [
  '--unshare-all',
  '--unshare-user',
  '--disable-userns',
  '--die-with-parent',
  '--new-session',
  ...['--cap-drop', 'ALL'],
  ...['--uid', INSIDE_UID, '--gid', INSIDE_UID, '--hostname', 'sandbox'],
  '--clearenv',
];

const PRIVATE_FILESYSTEM_OPTIONS: readonly string[] = [
  ...['--proc', '/proc', '--dev', '/dev'],
  ...['--size', String(SHM_BYTES), '--perms', '1777', '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
  ...['--size', String(TMP_BYTES), '--perms', '1777', '--tmpfs', '/tmp'],
  ...['--perms', '0755', '--dir', '/etc', '--perms', '0755', '--dir', '/run', '--perms', '0755', '--dir', DEFAULT_CWD],
];

/** Nothing is written beside the mounts: / is memory as well. */
const READ_ONLY_ROOT_OPTIONS: readonly string[] = ['--remount-ro', '/'];

function setenvOptions(env: Program['env']): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
}

function memoize<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
