import { Fault } from '../../core/errors.ts';
import type { PythonRequest } from '../../core/programs/python.ts';

const MODULE_ENTRYPOINT = /^-m ([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$/;
const MAX_INPUT_FILES = 1_000;

/** Arguments after Python's options: `-c CODE`, `-m MODULE` or a file, and those of the program. @throws Fault BAD_INPUT */
export function pythonArguments(request: PythonRequest): readonly string[] {
  checkFiles(request.files);
  const { entrypoint, code, args, files } = request;
  if (args.some((arg) => arg.includes('\0')) || code?.includes('\0'))
    throw badInput('Code and arguments must not contain NUL characters.');
  if (entrypoint === '-c') {
    if (code === undefined) throw badInput('The entrypoint -c requires code.');
    return ['-c', code, ...args];
  }
  const [, module] = MODULE_ENTRYPOINT.exec(entrypoint) ?? [];
  if (module !== undefined) return ['-m', module, ...args];
  if (files.some(({ path }) => path === entrypoint)) return [`/work/${entrypoint}`, ...args];
  throw badInput(
    `The entrypoint ${entrypoint} is not one of the files. Name one of them, or use -c with code, or -m MODULE.`,
  );
}

function checkFiles(files: PythonRequest['files']): void {
  if (files.length > MAX_INPUT_FILES)
    throw badInput(`There are ${files.length} files; the maximum is ${MAX_INPUT_FILES}.`);
  const folders = new Set<string>();
  const seen = new Set<string>();
  for (const { path } of files) {
    const names = path.split('/');
    if (path.includes('\0') || names.some((name) => ['', '.', '..'].includes(name) || Buffer.byteLength(name) > 255)) {
      throw badInput(`The file ${JSON.stringify(path)} must be a relative path without . and .. in it.`);
    }
    for (let i = 1; i < names.length; i += 1) folders.add(names.slice(0, i).join('/'));
    if (seen.has(path)) throw badInput(`The file ${path} occurs twice. Remove one of the two.`);
    seen.add(path);
  }
  const conflict = [...seen].find((path) => folders.has(path));
  if (conflict !== undefined) throw badInput(`${conflict} is both a file and a folder. Rename one of them.`);
}

function badInput(message: string): Fault {
  return new Fault('BAD_INPUT', message);
}
