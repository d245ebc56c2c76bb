import type { Process, Program, Sandbox } from '../../core/programs/sandbox.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { GuardDeps } from '../../resources/outgoing/guarded-connector.ts';
import type { Cgroups } from './cgroups.ts';
import { startEgressProxy } from './egress-proxy.ts';
import { startGateway } from './egress-socket.ts';
import {
  type Mount,
  readableMounts,
  resolveMounts,
  resolveSandboxProgram,
  systemDirOptions,
  systemMounts,
  withoutCovered,
} from './mounts.ts';
import { asSandboxUser, chownOwned, isRoot } from './sandbox-user.ts';
import { seccompFilter } from './seccomp-filter.ts';
import { DATA_FD, INFO_FD, INPUT_FD, prlimitCommand, startProcess } from './start-process.ts';
import { areComplete, prepareSystemFiles, type SystemFiles } from './system-files.ts';
import { limitByWeighing, withTimeOfAll } from './weigh-processes.ts';
import { withEgressRelay } from './with-egress-relay.ts';

export interface BubblewrapSettings {
  /** Files and folders that programs with `reads: 'settings'` see, at their own path; absolute. */
  readonly readPaths: readonly string[];
  /** How connections to the allowed hosts are made. */
  readonly outgoing: GuardDeps;
  /** Where each program gets a cgroup; without, its processes are weighed from outside. */
  readonly cgroups?: Cgroups;
  readonly logger?: Logger;
}

export const BWRAP = '/usr/bin/bwrap';
/** Where root stages mounts that an ordinary user could not reach: over /tmp, which every machine has. */
const STAGING_DIR = '/tmp';
const DEFAULT_CWD = '/work';
/** /tmp and /dev/shm take memory of the host. */
const TMP_BYTES = 256 * 2 ** 20;
const SHM_BYTES = 64 * 2 ** 20;
const SCRATCH_DIRS = ['/tmp', '/dev/shm'];
const INSIDE_UID = '1000';
const SECCOMP_FILTER = seccompFilter();

/** Runs programs in separate namespaces, without capabilities and with limits; see docs/sandbox.md. */
export function createBubblewrap(settings: BubblewrapSettings): Sandbox {
  const { readPaths, outgoing, cgroups, logger } = settings;
  let prepared: Promise<System> | undefined;
  const system = async () => {
    prepared ??= prepareSystem();
    const current = prepared;
    if (areComplete((await current).files)) return current;
    if (prepared === current) prepared = prepareSystem();
    return prepared;
  };

  return {
    kind: 'bubblewrap',
    async spawn(program, signal) {
      const { files, mounts: ofSystem, dirOptions } = await system();
      const base = program.reads === 'settings' ? [...ofSystem, ...readableMounts(readPaths)] : ofSystem;
      const own = await resolveMounts(program.mounts);
      const mounts = [...withoutCovered(base, own), ...own];
      const [name = '', ...args] = program.command;
      const command = [await resolveSandboxProgram(name, mounts), ...args];
      if (isRoot()) await chownOwned(own);
      const { hosts = [], gateway } = program;
      const proxy = hosts.length > 0 ? await startEgressProxy({ hosts, outgoing }) : undefined;
      const egress = proxy ?? (gateway && (await startGateway(gateway)));
      if (!egress) return startInSandbox({ program, command, mounts, dirOptions, cgroups }, signal);
      try {
        const relayed = withEgressRelay({ program, command, socket: egress.socket, relay: files.relay });
        const process = await startInSandbox(
          { ...relayed, mounts: [...mounts, ...relayed.mounts], dirOptions, cgroups },
          signal,
        );
        void process.exited.then(async () => {
          if (proxy) logger?.info('sandbox.egress', { hosts, ...proxy.bytes() });
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

/** What all programs see. */
interface System {
  readonly files: SystemFiles;
  readonly mounts: readonly Mount[];
  readonly dirOptions: readonly string[];
}

async function prepareSystem(): Promise<System> {
  const files = await prepareSystemFiles();
  return { files, mounts: systemMounts(files), dirOptions: await systemDirOptions() };
}

interface SandboxedCommand {
  readonly program: Program;
  /** argv inside the sandbox. */
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  /** Options that mount the system's folders. */
  readonly dirOptions: readonly string[];
  /** Wrapper that is started instead, with the limited command as its arguments. */
  readonly prefix?: readonly string[];
  readonly cgroups: Cgroups | undefined;
}

async function startInSandbox(
  { program, command, mounts, dirOptions, prefix = [], cgroups }: SandboxedCommand,
  signal: AbortSignal,
): Promise<Process> {
  // Parents before the paths inside them.
  const ordered = mounts.toSorted((a, b) => a.to.length - b.to.length);
  const staged = isRoot();
  const binds = ordered.flatMap(({ from, to, writable }, i) => [
    writable ? '--bind' : '--ro-bind',
    staged ? `${STAGING_DIR}/${i}` : from,
    to,
  ]);
  const options = [
    ...ISOLATION_OPTIONS,
    ...setenvOptions(program.env),
    ...dirOptions,
    ...PRIVATE_FILESYSTEM_OPTIONS,
    ...binds,
    ...READ_ONLY_ROOT_OPTIONS,
  ];
  options.push('--chdir', program.cwd ?? DEFAULT_CWD);
  if (SECCOMP_FILTER) options.push('--seccomp', String(INPUT_FD));
  options.push('--info-fd', String(INFO_FD));
  const argv = [BWRAP, '--args', String(DATA_FD), '--', ...prefix, ...prlimitCommand(program.limits), ...command];
  const start = async (cgroupCommand: readonly string[]) => {
    const process = await startProcess(
      {
        command: [...cgroupCommand, ...(staged ? [...stagingCommand(ordered), ...asSandboxUser(argv)] : argv)],
        endsWithParent: staged,
        // The program's variables must not reach the loader of processes outside, and other users must not read its arguments.
        env: {},
        cwd: '/',
        dataPipe: true,
        infoPipe: true,
        ...(SECCOMP_FILTER && { extraInput: SECCOMP_FILTER }),
      },
      signal,
    );
    process.dataPipe?.end(options.map((option) => `${option}\0`).join(''));
    return withTimeOfAll(process);
  };
  if (cgroups) return cgroups.run(program.limits, start);
  const folders = SCRATCH_DIRS.filter((folder) => !mounts.some(({ to }) => to === folder));
  return limitByWeighing(await start([]), program.limits.memoryBytes, folders);
}

/** As root: a mount namespace in which an ordinary user can reach everything to be mounted, wherever it is. */
function stagingCommand(mounts: readonly Mount[]): readonly string[] {
  const binds = mounts.flatMap(({ from, writable }, i) => [
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
  // It reads as zeros too, and cannot be mapped: a mapping of /dev/zero is memory that nobody can count.
  ...['--dev-bind', '/dev/full', '/dev/zero'],
  ...['--size', String(SHM_BYTES), '--perms', '1777', '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
  ...['--size', String(TMP_BYTES), '--perms', '1777', '--tmpfs', '/tmp'],
  ...['--perms', '0755', '--dir', '/etc', '--perms', '0755', '--dir', '/run', '--perms', '0755', '--dir', DEFAULT_CWD],
];

/** Only the mounts are writable: / is memory as well. */
const READ_ONLY_ROOT_OPTIONS: readonly string[] = ['--remount-ro', '/'];

function setenvOptions(env: Program['env']): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
}
