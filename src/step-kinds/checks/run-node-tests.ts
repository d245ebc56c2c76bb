import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Sandbox } from '../../core/sandbox.ts';
import type { FileContent } from '../files/read-files.ts';
import { writeFiles } from '../files/write-files.ts';

/** Outcome of the tests of a Node project. */
interface NodeTestResult {
  /** Exit code; null when the tests were stopped. */
  readonly code: number | null;
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

const TIMEOUT_MS = 60_000;
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
      const signalOrTimeout = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const child = await sandbox.spawn(program, signalOrTimeout);
      child.stdin.on('error', () => {}).end();
      const [stdout, stderr, { code }] = await Promise.all([
        collect(child.stdout, child.kill),
        collect(child.stderr, child.kill),
        child.exited,
      ]);
      signal.throwIfAborted();
      return {
        code,
        version: process.version.slice(1),
        output: [stdout, stderr].filter((text) => text !== '').join('\n'),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Reads the output up to a limit; beyond it the program is killed. */
async function collect(stream: Readable, kill: () => void): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_OUTPUT_BYTES) {
      kill();
      break;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
