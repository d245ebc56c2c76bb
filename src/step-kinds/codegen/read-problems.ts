import { type FileRef, MAX_FILES } from '../files/file-ref.ts';

/** Problems of the files of an earlier round. */
export interface ProblemReport {
  /** One line each: position and message. Bounded, because a model reads them. */
  readonly texts: readonly string[];
  /** The affected files, if the failure of `eval` names them. */
  readonly files: readonly FileRef[];
}

const MAX_PROBLEMS = 50;
const MAX_PROBLEM_CHARS = 500;
const MAX_OUTPUT_CHARS = 4_000;

/** Reads diagnostics, checks of `eval`, or the failure of a step with checks in its details. */
export function readProblems(problems: readonly unknown[]): ProblemReport {
  const failures = problems.filter(isObject);
  const files = failures.map(({ details }) => filesOf(isObject(details) ? details.files : undefined));
  return { texts: failures.flatMap(textsOf).slice(0, MAX_PROBLEMS), files: files.find((one) => one.length > 0) ?? [] };
}

interface UnknownObject {
  readonly [key: string]: unknown;
}

function textsOf(problem: UnknownObject): readonly string[] {
  const { details, diagnostics, status, message } = problem;
  if (isObject(details) && Array.isArray(details.checks)) return details.checks.filter(isObject).flatMap(textsOf);
  if (Array.isArray(diagnostics)) return status === 'failed' ? textsOfCheck(diagnostics, problem) : [];
  return typeof message === 'string' ? [textOf(problem)] : [];
}

function textsOfCheck(diagnostics: readonly unknown[], { tool, output }: UnknownObject): readonly string[] {
  const texts = diagnostics.filter(isObject).slice(0, MAX_PROBLEMS).map(textOf);
  if (typeof output !== 'string' || output === '') return texts;
  return [...texts, `${String(tool)} printed:\n${output.slice(-MAX_OUTPUT_CHARS)}`];
}

function isObject(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf({ path, line, code, message }: UnknownObject): string {
  const where = typeof path === 'string' ? `${path}${typeof line === 'number' ? `:${line}` : ''}: ` : '';
  const what = typeof code === 'string' ? `${code}: ` : '';
  return `${where}${what}${String(message)}`.slice(0, MAX_PROBLEM_CHARS);
}

function filesOf(value: unknown): readonly FileRef[] {
  if (!Array.isArray(value) || value.length > MAX_FILES) return [];
  return value
    .filter(isObject)
    .flatMap(({ path, uri }) => (typeof path === 'string' && typeof uri === 'string' ? [{ path, uri }] : []));
}
