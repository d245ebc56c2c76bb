import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Fault } from '../../core/errors.ts';
import type { Program, Sandbox } from '../../core/programs/sandbox.ts';
import { type BubblewrapSettings, BWRAP, createBubblewrap } from './bubblewrap.ts';
import { findCgroups } from './find-cgroups.ts';
import { isRoot } from './sandbox-user.ts';
import { createUnsandboxed } from './unsandboxed.ts';
import { whyNotWeighed } from './weigh-processes.ts';

export interface SandboxChoice {
  readonly sandbox: Sandbox;
  /** Why this sandbox was chosen, for the operator. */
  readonly why: string;
  readonly memory: MemoryLimit;
}

/** How the memory of all processes of a program together is limited, and why not better. */
export interface MemoryLimit {
  /** `each`: only the address space of each process is limited. */
  readonly by: 'cgroup' | 'weighing' | 'each';
  readonly why: string;
}

/** Far more than a start takes, because a machine that is busy at the start of the server must not cost it the sandbox. */
const PROBE_TIMEOUT_MS = 60_000;
const PROBE_PROGRAM: Program = {
  command: ['/bin/true'],
  env: {},
  mounts: [],
  limits: { memoryBytes: 2 ** 28, processes: 16, cpuSeconds: 2, fileBytes: 2 ** 20 },
};

/** Finds out how untrusted programs can run on this machine, by starting one at the first call. */
export function createSandboxFinder(
  settings: BubblewrapSettings & { readonly allowUnsandboxed: boolean },
): () => Promise<SandboxChoice> {
  let choice: Promise<SandboxChoice> | undefined;
  return () => {
    choice ??= find(settings);
    return choice;
  };
}

async function find(settings: BubblewrapSettings & { readonly allowUnsandboxed: boolean }): Promise<SandboxChoice> {
  const problem = await probe(createBubblewrap(settings));
  if (problem !== undefined) {
    const sandbox = createUnsandboxed({ allowUnsandboxed: settings.allowUnsandboxed, why: problem });
    return { sandbox, why: problem, memory: { by: 'each', why: problem } };
  }
  const why = `${BWRAP} works`;
  const cgroups = await findCgroups({ proc: '/proc', pid: process.pid, isRoot: isRoot() });
  if (typeof cgroups !== 'string') {
    const sandbox = createBubblewrap({ ...settings, cgroups });
    const broken = await probe(sandbox);
    if (broken === undefined) return { sandbox, why, memory: { by: 'cgroup', why: 'the server has one for itself' } };
    return { sandbox: createBubblewrap(settings), why, memory: weighing(`cgroups do not work: ${broken}`) };
  }
  return { sandbox: createBubblewrap(settings), why, memory: weighing(cgroups) };
}

function weighing(whyNoCgroup: string): MemoryLimit {
  const problem = whyNotWeighed();
  return { by: problem === undefined ? 'weighing' : 'each', why: [whyNoCgroup, problem].filter(Boolean).join('; ') };
}

/** Why the sandbox does not work; undefined when a program ran. */
async function probe(sandbox: Sandbox): Promise<string | undefined> {
  if (process.platform !== 'linux') return `bubblewrap needs Linux, and this is ${process.platform}`;
  if (!existsSync(BWRAP)) return `${BWRAP} is not installed (package bubblewrap)`;
  try {
    const process = await sandbox.spawn(PROBE_PROGRAM, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    process.stdin.end();
    process.stdout.resume();
    const [stderr, { code }] = await Promise.all([text(process.stderr), process.exited]);
    if (code === 0) return undefined;
    return `${BWRAP} did not start a program: ${stderr.trim().slice(0, 300) || 'it gave no reason'}`;
  } catch (error) {
    return `${BWRAP} did not start a program: ${error instanceof Fault ? error.message : String(error)}`;
  }
}
