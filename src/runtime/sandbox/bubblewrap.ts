import type { Logger } from '../../core/logger.ts';
import type { Process, Program, Sandbox } from '../../core/sandbox.ts';
import type { GuardDeps } from '../../resources/guarded-connector.ts';
import { openEgress } from './egress-proxy.ts';
import { findProgram, type Placed, placeMounts, systemFolders, systemView, withoutCovered } from './mounts.ts';
import { AS_ORDINARY_USER, isRoot, ownWritable } from './sandbox-user.ts';
import { seccompFilter } from './seccomp-filter.ts';
import { FIFTH, FOURTH, startProcess, underLimits } from './start-process.ts';
import { relayed } from './with-egress-relay.ts';

export interface BubblewrapSettings {
  /** Files and folders that every program may read, at their own path; absolute. */
  readonly readPaths: readonly string[];
  /** How the hosts that a program may reach are connected to. */
  readonly outgoing: GuardDeps;
  readonly logger?: Logger;
}

export const BWRAP = '/usr/bin/bwrap';
/** Where root puts what it mounts for one who could not reach it: over /tmp, which every machine has. */
const STAGE = '/tmp';
const DEFAULT_CWD = '/work';
/** /tmp and /dev/shm are memory of this machine. */
const SCRATCH_BYTES = 256 * 2 ** 20;
const SHARED_BYTES = 64 * 2 ** 20;
const INSIDE_ID = '1000';
const FILTER = seccompFilter();

/** Programs in namespaces of their own, without any capability, under limits; see docs/sandbox.md. */
export function createBubblewrap(settings: BubblewrapSettings): Sandbox {
  const { readPaths, outgoing, logger } = settings;
  const system = memoize(async () => ({ places: await systemView(readPaths), folders: await systemFolders() }));

  return {
    kind: 'bubblewrap',
    async spawn(program, signal) {
      const { places, folders } = await system();
      const mounts = await placeMounts(program.mounts);
      const visible = [...withoutCovered(places, mounts), ...mounts];
      const [name = '', ...args] = program.command;
      const command = [await findProgram(name, visible), ...args];
      if (isRoot()) await ownWritable(mounts);
      if (!program.hosts?.length) return start({ program, command, places: visible, folders }, signal);

      const egress = await openEgress({ hosts: program.hosts, outgoing });
      try {
        const reached = relayed({ program, command, socket: egress.socket });
        const process = await start({ ...reached, places: [...visible, ...reached.places], folders }, signal);
        void process.ended.then(async () => {
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

interface Inside {
  readonly program: Program;
  /** argv as it is inside. */
  readonly command: readonly string[];
  readonly places: readonly Placed[];
  readonly folders: readonly string[];
  /** Started instead, with the limited command after it. */
  readonly before?: readonly string[];
}

async function start(
  { program, command, places, folders, before = [] }: Inside,
  signal: AbortSignal,
): Promise<Process> {
  // Parents before what lies in them.
  const ordered = places.toSorted((a, b) => a.to.length - b.to.length);
  const staged = isRoot();
  const binds = ordered.flatMap(({ from, to, writable }, i) => [
    writable ? '--bind' : '--ro-bind',
    staged ? `${STAGE}/${i}` : from,
    to,
  ]);
  const options = [...ISOLATION, ...variables(program.env), ...folders, ...OWN_FOLDERS, ...binds, ...SEALED];
  options.push('--chdir', program.cwd ?? DEFAULT_CWD);
  if (FILTER) options.push('--seccomp', String(FIFTH));
  const argv = [BWRAP, '--args', String(FOURTH), '--', ...before, ...underLimits(program.limits), ...command];
  const process = await startProcess(
    {
      command: staged ? [...stage(ordered), ...AS_ORDINARY_USER, ...argv] : argv,
      // The program's own variables must not reach the loader of what runs out here, nor its arguments be read by others.
      env: {},
      cwd: '/',
      fourth: true,
      ...(FILTER && { fifth: FILTER }),
    },
    signal,
  );
  process.fourth?.end(options.map((option) => `${option}\0`).join(''));
  return process;
}

/** As root: a view in which an ordinary user finds everything that is to be mounted, wherever it lies. */
function stage(places: readonly Placed[]): readonly string[] {
  const binds = places.flatMap(({ from, writable }, i) => [writable ? '--bind' : '--ro-bind', from, `${STAGE}/${i}`]);
  return [BWRAP, '--die-with-parent', '--dev-bind', '/', '/', '--perms', '0711', '--tmpfs', STAGE, ...binds, '--'];
}

const ISOLATION: readonly string[] = [
  '--unshare-all',
  '--unshare-user',
  '--disable-userns',
  '--die-with-parent',
  '--new-session',
  ...['--cap-drop', 'ALL'],
  ...['--uid', INSIDE_ID, '--gid', INSIDE_ID, '--hostname', 'sandbox'],
  '--clearenv',
];

const OWN_FOLDERS: readonly string[] = [
  ...['--proc', '/proc', '--dev', '/dev'],
  ...['--size', String(SHARED_BYTES), '--perms', '1777', '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
  ...['--size', String(SCRATCH_BYTES), '--perms', '1777', '--tmpfs', '/tmp'],
  ...['--perms', '0755', '--dir', '/etc', '--perms', '0755', '--dir', '/run', '--perms', '0755', '--dir', DEFAULT_CWD],
];

/** Nothing is written beside the mounts: / is memory as well. */
const SEALED: readonly string[] = ['--remount-ro', '/'];

function variables(env: Program['env']): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
}

function memoize<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
