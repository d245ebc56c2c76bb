import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import type { Process } from '../../core/programs/sandbox.ts';
import { openProcessTree, type ProcessTree } from './process-tree.ts';
import { isRoot } from './sandbox-user.ts';
import { limitUntilExit, type StartedProcess } from './start-process.ts';

/** How fast the processes of a sandbox can fill memory, in bytes per millisecond. */
const FILL_RATE = (availableParallelism() * 2 * 2 ** 30) / 1_000;
const MIN_INTERVAL_MS = 20;
const MAX_INTERVAL_MS = 1_000;
/** A measurement takes at most this part of the time of one core. */
const MAX_LOAD = 1 / 4;
/** A program that starts another one shares its memory with it for some milliseconds, in which it counts twice, but not more. */
const OVER_IN_SEQUENCE = 3;

export interface SandboxedProcess extends Process {
  /** First process of the sandbox, as this process sees it; undefined when bubblewrap started no process. */
  readonly init: Promise<number | undefined>;
}

/**
 * Measures the time of all processes of a sandbox together from outside, where that is possible.
 * @param started bubblewrap, with a pipe in which it reports the first process
 */
export function withTimeOfAll(started: StartedProcess): SandboxedProcess {
  const { infoPipe, exited } = started;
  const init = infoPipe ? firstProcess(infoPipe) : Promise.resolve(undefined);
  if (whyNotWeighed() !== undefined) return { ...started, init };
  let first: number | undefined;
  let tree: ProcessTree | undefined;
  void init.then((pid) => {
    first = pid;
  });
  void exited.then(() => tree?.close());
  const read = () => {
    if (first !== undefined) tree ??= openProcessTree(first, []);
    return tree?.times();
  };
  return { ...started, init, limitTime: (ms, onExceeded) => limitUntilExit(exited, read, ms, onExceeded) };
}

/**
 * Limits the memory of all processes of a sandbox together: they are weighed from outside, as often as they could have
 * reached the limit since, and ended when they exceed it.
 * @param folders in memory, as the sandbox sees them
 */
export function limitByWeighing(process: SandboxedProcess, limitBytes: number, folders: readonly string[]): Process {
  let stopped = false;
  const onExceeded = () => {
    stopped = true;
    process.kill();
  };
  void weigh(process, { limitBytes, folders, onExceeded });
  return {
    ...process,
    exited: process.exited.then((status) =>
      stopped ? { ...status, exceeded: { name: 'MEMORY', limit: limitBytes } } : status,
    ),
  };
}

interface WeighOptions {
  readonly limitBytes: number;
  readonly folders: readonly string[];
  onExceeded(): void;
}

async function weigh(
  { init: reported, exited }: SandboxedProcess,
  { limitBytes, folders, onExceeded }: WeighOptions,
): Promise<void> {
  const init = await reported;
  if (init === undefined) return;
  const ended = exited.then(() => true);
  let tree: ProcessTree | undefined;
  let pauseMs = MIN_INTERVAL_MS;
  for (let over = 0; !(await Promise.race([ended, pause(pauseMs)])); ) {
    tree ??= openProcessTree(init, folders);
    if (!tree) continue;
    const began = performance.now();
    let bytes = tree.estimate();
    if (bytes > limitBytes) bytes = await tree.measure();
    over = bytes > limitBytes ? over + 1 : 0;
    if (over === OVER_IN_SEQUENCE || bytes > 2 * limitBytes) onExceeded();
    const leastMs = Math.max(MIN_INTERVAL_MS, (performance.now() - began) / MAX_LOAD);
    pauseMs = Math.max(leastMs, Math.min(MAX_INTERVAL_MS, (limitBytes - bytes) / FILL_RATE));
  }
  tree?.close();
}

/** Bit of CAP_SYS_PTRACE. */
const SYS_PTRACE = 1n << 19n;

/** Why the processes of a sandbox cannot be weighed here; undefined when they can. */
export function whyNotWeighed(): string | undefined {
  const capabilities = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  // Programs of an ordinary user run as that user.
  if (!isRoot() || (BigInt(`0x${capabilities}`) & SYS_PTRACE) !== 0n) return undefined;
  return 'the server lacks the capability SYS_PTRACE, so it cannot see what its programs hold';
}

/**
 * The process that bubblewrap reports, `{ "child-pid": 1234, … }`; undefined when it started none. The pipe is read to
 * its end, without which bubblewrap would not start the program.
 */
function firstProcess(info: Readable): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = '';
    info.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const pid = /"child-pid": (\d+)\D/.exec(text)?.[1];
      if (pid !== undefined) resolve(Number(pid));
    });
    info.once('close', () => resolve(undefined));
  });
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false as const).unref());
}
