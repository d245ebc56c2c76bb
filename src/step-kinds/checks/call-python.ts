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

/** Before every program: its own imports are never resolved to the files, whose folder is `root`. */
const PROLOGUE =
  'import posix, sys\nroot = posix.getcwd()\n' +
  'sys.path[:] = [path for path in sys.path if path not in ("", root)]\nsys.dont_write_bytecode = True\n';

/** Runs our program next to the files with the tool `python.run`, under its policy, journal and sandbox. */
export async function callPython(
  program: { readonly code: string; readonly files: readonly FileRef[]; readonly timeoutSec: number },
  session: AgentSession,
): Promise<PythonRunResult> {
  const answer = await session.callTool('python.run', {
    entrypoint: '-c',
    code: PROLOGUE + program.code,
    args: [],
    timeout_sec: program.timeoutSec,
    files: program.files.map(({ path, uri }) => ({ path, uri })),
  });
  const { Check } = await import('typebox/value');
  if (!Check(PythonRunOutput, answer)) throw new Error('python.run answers something else than it says');
  return answer;
}
