import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { PythonResult } from '../../core/programs/python.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import type { FileContent } from '../files/read-files.ts';
import { writeFiles } from '../files/write-files.ts';

type StopReason = NonNullable<PythonResult['stopped']>;

/** Outcome of the tests of a Node project. */
export interface NodeTestResult {
  /** Exit code; null when the tests were stopped. */
  readonly code: number | null;
  /** Why they were stopped: the same words as in the result of `python.run`. */
  readonly stopped?: StopReason;
  readonly version: string;
  readonly output: string;
}

/** Runs `node --test`; undefined without a sandbox, where the files could do whatever this process may do. */
export type RunNodeTests = (files: readonly FileContent[], signal: AbortSignal) => Promise<NodeTestResult | undefined>;

export interface NodeTestsDeps {
  readonly sandbox: Sandbox;
  /** The folder whose packages the files may import; absolute. */
  readonly nodeModules: string;
}

export const NODE_TIMEOUT_SEC = 60;
const MAX_OUTPUT_BYTES = 1024 * 1024;
const LIMITS = {
  memoryBytes: 2 * 2 ** 30,
  // V8 reserves far more address space than it uses; a V8 option limits what each process uses.
  addressSpaceBytes: 64 * 2 ** 30,
  processes: 64,
  cpuSeconds: 60,
  fileBytes: 16 * 2 ** 20,
};

export function createRunNodeTests({ sandbox, nodeModules }: NodeTestsDeps): RunNodeTests {
  if (sandbox.kind === 'none') return async () => undefined;
  return async (files, signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-node-tests-'));
    try {
      // The sandbox may read it as another user.
      await chmod(folder, 0o755);
      await writeFiles(folder, files);
      const tests = files.map(({ path }) => path).filter((path) => /\.test\.[cm]?[jt]s$/.test(path));
      const program = {
        command: ['node', '--max-old-space-size=256', '--disable-warning=ExperimentalWarning', '--test', ...tests],
        env: { NO_COLOR: '1', NODE_ENV: 'test' },
        cwd: '/work',
        mounts: [
          { from: folder, to: '/work' },
          // Node finds packages one folder above /work.
          { from: nodeModules, to: '/node_modules' },
        ],
        limits: LIMITS,
      };
      const child = await sandbox.spawn(program, signal);
      child.stdin.on('error', () => {}).end();
      let reason: StopReason | undefined;
      const stop = (why: StopReason) => {
        reason ??= why;
        child.kill();
      };
      child.limitTime(NODE_TIMEOUT_SEC * 1_000, () => stop('TIMEOUT'));
      const [stdout, stderr, exit] = await Promise.all([
        collect(child.stdout, () => stop('OUTPUT')),
        collect(child.stderr, () => stop('OUTPUT')),
        child.exited,
      ]);
      signal.throwIfAborted();
      const stopped = exit.exceeded?.name ?? reason;
      return {
        code: exit.code,
        ...(stopped && { stopped }),
        version: process.version.slice(1),
        output: [stdout, stderr].filter((text) => text !== '').join('\n'),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Reads the output up to a limit; beyond it `onFull` is called. */
async function collect(stream: Readable, onFull: () => void): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_OUTPUT_BYTES) {
      onFull();
      break;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
