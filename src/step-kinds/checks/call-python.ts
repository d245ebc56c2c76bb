import { type Static, Type } from 'typebox';
import type { AgentSession } from '../../core/agent-session.ts';
import type { FileRef } from '../files/file-ref.ts';

const PythonRunOutput = Type.Object({
  return_code: Type.Union([Type.Integer(), Type.Null()]),
  stdout: Type.String(),
  stderr: Type.String(),
  stopped: Type.Optional(Type.String()),
});
export type PythonRunResult = Static<typeof PythonRunOutput>;

/** Prefix of every program: its imports never resolve to the checked files, whose folder is `root`. */
const PROLOGUE =
  'import posix, sys\nroot = posix.getcwd()\n' +
  'sys.path[:] = [path for path in sys.path if path not in ("", root)]\nsys.dont_write_bytecode = True\n';

/** Runs a program of this server on the files with the tool `python.run`, under its policy, journal and sandbox. */
export async function callPython(
  program: {
    readonly code: string;
    readonly args?: readonly string[];
    readonly files: readonly FileRef[];
    readonly timeoutSec: number;
  },
  session: AgentSession,
): Promise<PythonRunResult> {
  const answer = await session.callTool('python.run', {
    entrypoint: '-c',
    code: PROLOGUE + program.code,
    args: program.args ?? [],
    timeout_sec: program.timeoutSec,
    files: program.files.map(({ path, uri }) => ({ path, uri })),
  });
  const { Check } = await import('typebox/value');
  if (!Check(PythonRunOutput, answer)) throw new Error('python.run returned a result that does not fit its schema');
  return answer;
}
