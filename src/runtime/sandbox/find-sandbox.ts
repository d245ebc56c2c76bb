import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Fault } from '../../core/errors.ts';
import type { Program, Sandbox } from '../../core/sandbox.ts';
import { type BubblewrapSettings, BWRAP, createBubblewrap } from './bubblewrap.ts';
import { createUnsandboxed } from './unsandboxed.ts';

export interface SandboxChoice {
  readonly sandbox: Sandbox;
  /** Why this sandbox was chosen, for the operator. */
  readonly why: string;
}

const PROBE_TIMEOUT_MS = 5_000;
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
  const sandbox = createBubblewrap(settings);
  const problem = await probe(sandbox);
  if (problem === undefined) return { sandbox, why: `${BWRAP} works` };
  return { sandbox: createUnsandboxed({ allowUnsandboxed: settings.allowUnsandboxed, why: problem }), why: problem };
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
