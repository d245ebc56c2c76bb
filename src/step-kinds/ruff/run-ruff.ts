import { PositionEncoding, type Diagnostic as RuffDiagnostic, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import type { TextFile } from '../files/file-ref.ts';
import { applySafeFixes } from './safe-fixes.ts';

export interface RuffRequest {
  /** Only Python files. */
  readonly files: readonly TextFile[];
  /** Whether to apply fixes that keep the meaning, and to format. */
  readonly fix: boolean;
}

/** One problem. Lines and columns count from 1; columns are UTF-16 units. */
interface RuffFinding {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

export interface RuffReport {
  readonly version: string;
  readonly files: readonly TextFile[];
  readonly findings: readonly RuffFinding[];
}

const MAX_FINDINGS = 200;

/** Runs ruff as WebAssembly with its default rules. Only for a process that ends afterwards, because nothing is freed. */
export function runRuff({ files, fix }: RuffRequest): RuffReport {
  const ruff = new Workspace(settingsFor(files), PositionEncoding.Utf16);
  const check = (text: string) => ruff.check(text) as readonly RuffDiagnostic[];
  const fixedFiles = fix
    ? files.map(({ path, text }) => ({ path, text: formatOrKeep(ruff, applySafeFixes(text, check)) }))
    : files;
  const findings = fixedFiles.flatMap(({ path, text }) => sortFindings(check(text).map((one) => findingOf(path, one))));
  return { version: Workspace.version(), files: fixedFiles, findings: findings.slice(0, MAX_FINDINGS) };
}

/** Names the first-party packages, because ruff has no folder from which it could detect them. */
function settingsFor(files: readonly TextFile[]) {
  const packages = files.filter(({ path }) => path.includes('/')).map(({ path }) => path.slice(0, path.indexOf('/')));
  return { 'target-version': 'py311', lint: { isort: { 'known-first-party': [...new Set(packages)] } } };
}

/** Files with syntax errors stay unchanged: the findings say why. */
function formatOrKeep(ruff: Workspace, text: string): string {
  try {
    return ruff.format(text);
  } catch {
    return text;
  }
}

function sortFindings(findings: readonly RuffFinding[]): readonly RuffFinding[] {
  return findings.toSorted((one, other) => one.line - other.line || one.column - other.column);
}

function findingOf(path: string, { code, message, start_location: { row, column } }: RuffDiagnostic): RuffFinding {
  return { path, line: row, column, code: code ?? 'invalid-syntax', message: message.slice(0, 500) };
}
