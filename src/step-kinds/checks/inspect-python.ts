import { type Static, Type } from 'typebox';
import type { AgentSession } from '../../core/agent-session.ts';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import type { FileRef } from '../files/file-ref.ts';
import { callPython } from './call-python.ts';
import { type CheckResult, MAX_DIAGNOSTICS } from './check.ts';

const Report = Type.Object({
  version: Type.String(),
  modules: Type.Array(Type.String()),
  problems: Type.Array(
    Type.Object({
      path: Type.String(),
      line: Type.Optional(Type.Integer()),
      column: Type.Optional(Type.Integer()),
      code: Type.String(),
      message: Type.String(),
    }),
  ),
});

/** What Python reports about the files without running them. */
export interface PythonInspection {
  readonly compile: CheckResult;
  readonly version: string;
  /** The requested modules that can be imported. */
  readonly modules: ReadonlySet<string>;
}

/** Compiles every file like `compileall`, but writes nothing and runs nothing. */
const PROGRAM = `
import importlib.util, json, pathlib
given = json.loads(__GIVEN__)
problems = []
for path in given["files"]:
    try:
        compile(pathlib.Path(path).read_bytes(), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        problem = {"path": path, "code": type(error).__name__, "message": error.msg or "is no Python"}
        problem.update({k: v for k, v in (("line", error.lineno), ("column", error.offset)) if v is not None})
        problems.append(problem)
    except (OSError, RecursionError, ValueError) as error:
        problems.append({"path": path, "code": type(error).__name__, "message": str(error)})
modules = [name for name in given["modules"] if importlib.util.find_spec(name)]
print(json.dumps({"version": sys.version.split()[0], "modules": modules, "problems": problems}))
`;

const TIMEOUT_SEC = 60;

/** @throws Fault RESOURCE_TOO_LARGE, TIMEOUT; UNAVAILABLE when Python itself does not work on this server */
export async function inspectPython(
  files: readonly FileRef[],
  modules: readonly string[],
  session: AgentSession,
): Promise<PythonInspection> {
  const python = files.filter(({ path }) => path.endsWith('.py'));
  const input = JSON.stringify({ files: python.map(({ path }) => path), modules });
  // A JSON string in ASCII is also a Python string, so no path or name can become code.
  const code = PROGRAM.replace('__GIVEN__', () => toAsciiJson(JSON.stringify(input)));
  const { stdout, stderr, return_code, stopped } = await callPython(
    { code, files: python, timeoutSec: TIMEOUT_SEC },
    session,
  );
  const report = return_code === 0 ? await reportOf(stdout) : undefined;
  if (!report) {
    if (stopped !== undefined) throw stoppedFault(stopped);
    const why = stderr.trim().split('\n').at(-1) || `code ${return_code}`;
    throw new Fault('UNAVAILABLE', `Python could not inspect the files: ${why.slice(0, 300)}.`);
  }
  const { version, problems } = report;
  return {
    version,
    modules: new Set(report.modules),
    compile: {
      tool: 'compile',
      status: problems.length === 0 ? 'passed' : 'failed',
      version,
      diagnostics: problems.slice(0, MAX_DIAGNOSTICS),
      output:
        problems.length === 0
          ? `${python.length} files compile.`
          : `${problems.length} of ${python.length} files do not compile.`,
    },
  };
}

const STOP_CODES: Readonly<Record<string, ErrorCode>> = {
  TIMEOUT: 'TIMEOUT',
  CPU: 'TIMEOUT',
  MEMORY: 'RESOURCE_TOO_LARGE',
  OUTPUT: 'RESOURCE_TOO_LARGE',
};

function stoppedFault(reason: string): Fault {
  const message = `Python was stopped while it inspected the files (${reason}). Use fewer or smaller files.`;
  return new Fault(STOP_CODES[reason] ?? 'UNAVAILABLE', message);
}

async function reportOf(stdout: string): Promise<Static<typeof Report> | undefined> {
  const { Check: fits } = await import('typebox/value');
  try {
    const report: unknown = JSON.parse(stdout);
    return fits(Report, report) ? report : undefined;
  } catch {
    return undefined;
  }
}

function toAsciiJson(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
