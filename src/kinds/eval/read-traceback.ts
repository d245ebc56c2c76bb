import { type Diagnostic, MAX_DIAGNOSTICS } from '../../step-kinds/checks/check.ts';

const FRAME = /^ +File "([^"]+)", line (\d+)/;
const ERROR = /^([A-Z][\w.]*(?:Error|Exception|Failure|Warning|Exit|Interrupt)?): (.*)$/;
const COMPACT = /^((?:[\w.-]+\/)*[\w.-]+\.py):(\d+):(?: (?:error|note):)? (.+)$/;
const MAX_LENGTH = 500;
/** Where the sandbox has the files. */
const ROOT = /^.*\/work\//;

/** Where a test failed, from what unittest, pytest and mypy print: the last frame in our own files, and the error. */
export function readTraceback(output: string): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let frame: { readonly path: string; readonly line: number } | undefined;
  for (const line of output.split('\n')) {
    if (found.length >= MAX_DIAGNOSTICS) break;
    const place = frameOf(line);
    if (place) {
      frame = place;
      continue;
    }
    const [, kind, message = ''] = ERROR.exec(line) ?? [];
    if (kind !== undefined && frame) {
      found.push({ ...frame, code: kind, message: message.slice(0, MAX_LENGTH) });
      frame = undefined;
      continue;
    }
    const [, path, at, text = ''] = COMPACT.exec(line) ?? [];
    if (path !== undefined) found.push({ path, line: Number(at), message: text.slice(0, MAX_LENGTH) });
  }
  return found;
}

/** A frame of the files that were given, not of Python's library. */
function frameOf(line: string): { readonly path: string; readonly line: number } | undefined {
  const [, file = '', at] = FRAME.exec(line) ?? [];
  if (!file.endsWith('.py') || (file.startsWith('/') && !ROOT.test(file))) return undefined;
  return { path: file.replace(ROOT, ''), line: Number(at) };
}
