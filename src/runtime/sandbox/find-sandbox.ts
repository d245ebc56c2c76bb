import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Fault } from '../../core/errors.ts';
import type { Program, Sandbox } from '../../core/sandbox.ts';
import { type BubblewrapSettings, BWRAP, createBubblewrap } from './bubblewrap.ts';
import { createUnsandboxed } from './unsandboxed.ts';

export interface SandboxChoice {
  readonly sandbox: Sandbox;
  /** What was found out, for whoever set the server up. */
  readonly why: string;
}

const PROBE_TIMEOUT_MS = 5_000;
const PROBE_PROGRAM: Program = {
  command: ['/bin/true'],
  env: {},
  mounts: [],
  limits: { memoryBytes: 2 ** 28, processes: 16, cpuSeconds: 2, fileBytes: 2 ** 20 },
};

/** How programs of others run on this machine: found out by starting one, at the first call. */
export function createSandboxFinder(
  settings: BubblewrapSettings & { readonly allowUnsandboxed: boolean },
): () => Promise<SandboxChoice> {
  let found: Promise<SandboxChoice> | undefined;
  return () => {
    found ??= find(settings);
    return found;
  };
}

async function find(settings: BubblewrapSettings & { readonly allowUnsandboxed: boolean }): Promise<SandboxChoice> {
  const sandbox = createBubblewrap(settings);
  const problem = await probe(sandbox);
  if (problem === undefined) return { sandbox, why: `${BWRAP} works` };
  return { sandbox: createUnsandboxed({ allowUnsandboxed: settings.allowUnsandboxed, why: problem }), why: problem };
}

/** What is in the way; undefined when a program ran. */
async function probe(sandbox: Sandbox): Promise<string | undefined> {
  if (process.platform !== 'linux') return `bubblewrap is for Linux, and this is ${process.platform}`;
  if (!existsSync(BWRAP)) return `${BWRAP} is not installed (package bubblewrap)`;
  try {
    const process = await sandbox.spawn(PROBE_PROGRAM, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    process.stdin.end();
    process.stdout.resume();
    const [said, { code }] = await Promise.all([text(process.stderr), process.exited]);
    if (code === 0) return undefined;
    return `${BWRAP} did not start a program: ${said.trim().slice(0, 300) || 'it gave no reason'}`;
  } catch (error) {
    return `${BWRAP} did not start a program: ${error instanceof Fault ? error.message : String(error)}`;
  }
}
