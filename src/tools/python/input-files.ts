import type { Static } from 'typebox';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { PythonRequest } from '../../core/programs/python.ts';
import { decodeBase64 } from '../../resources/content/decode-base64.ts';
import { inputFault, type PythonInput } from './schema.ts';

type Input = Static<typeof PythonInput>;
type InputFile = NonNullable<Input['files']>[number];

/** Limit of all files together. */
const MAX_FILES_BYTES = 64 * 2 ** 20;

/** Files in the folder of the program, including its own. @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, and what reading throws */
export async function readInputFiles(
  entrypoint: string,
  { code, files = [] }: Pick<Input, 'code' | 'files'>,
  ctx: Pick<ToolContext, 'read'>,
): Promise<PythonRequest['files']> {
  if (entrypoint === '-c' && code === undefined)
    throw inputFault('code', 'The entrypoint "-c" runs `code`, which is missing. Set it.');
  const isFile = entrypoint !== '-c' && !entrypoint.startsWith('-m ');
  if (!isFile && entrypoint !== '-c' && code !== undefined) {
    throw inputFault(
      'code',
      'A module is run from files, not from `code`. Pass the code as a file, or use the entrypoint "-c".',
    );
  }
  const own: readonly InputFile[] = isFile && code !== undefined ? [{ path: entrypoint, text: code }] : [];
  const all = [...own, ...files];
  checkPaths(all.map(({ path }) => path));
  if (isFile && !all.some(({ path }) => path === entrypoint)) {
    throw inputFault('entrypoint', `There is no file ${entrypoint}. Add it to files, or pass its content as code.`);
  }
  const inputFiles: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  let bytesLeft = MAX_FILES_BYTES;
  for (const file of all) {
    const bytes = await bytesOf(file, bytesLeft, ctx);
    bytesLeft -= bytes.byteLength;
    if (bytesLeft < 0) {
      throw new Fault(
        'RESOURCE_TOO_LARGE',
        `The files have more than ${MAX_FILES_BYTES} bytes in total. Pass fewer or smaller files.`,
      );
    }
    inputFiles.push({ path: file.path, bytes });
  }
  return inputFiles;
}

async function bytesOf(file: InputFile, maxBytes: number, ctx: Pick<ToolContext, 'read'>): Promise<Uint8Array> {
  const { path, text, base64, uri } = file;
  const sources = [text, base64, uri].filter((source) => source !== undefined);
  if (sources.length !== 1) throw inputFault('files', `The file ${path} needs exactly one of text, base64 and uri.`);
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return decodeBase64(base64, maxBytes);
  return (await ctx.read({ uri: String(uri) })).bytes();
}

/** Rejects a path that occurs twice, or is a folder of another. */
function checkPaths(paths: readonly string[]): void {
  const distinct = new Set(paths);
  if (distinct.size < paths.length) throw inputFault('files', 'Two files have the same path. Pass each file once.');
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (distinct.has(path.slice(0, end)))
        throw inputFault('files', `${path.slice(0, end)} is both a file and a folder. Rename one of them.`);
    }
  }
}
