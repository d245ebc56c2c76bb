import type { Static } from 'typebox';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { PythonRequest } from '../../core/python.ts';
import { decodeBase64 } from '../../resources/content/decode-base64.ts';
import type { PythonInput } from './schema.ts';

type Input = Static<typeof PythonInput>;
type InputFile = NonNullable<Input['files']>[number];

/** Of all files together. */
const MAX_FILES_BYTES = 64 * 2 ** 20;

/** What lies in the folder of the program, its own file included. @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, and of reading */
export async function readInputFiles(
  entrypoint: string,
  { code, files = [] }: Pick<Input, 'code' | 'files'>,
  ctx: Pick<ToolContext, 'read'>,
): Promise<PythonRequest['files']> {
  if (entrypoint === '-c' && code === undefined) throw inputFault('code', 'The entrypoint "-c" runs `code`. Give it.');
  const isFile = entrypoint !== '-c' && !entrypoint.startsWith('-m ');
  if (!isFile && entrypoint !== '-c' && code !== undefined) {
    throw inputFault('code', 'A module is run from files. Give the code as a file, or use the entrypoint "-c".');
  }
  const own: readonly InputFile[] = isFile && code !== undefined ? [{ path: entrypoint, text: code }] : [];
  const all = [...own, ...files];
  checkPaths(all.map(({ path }) => path));
  if (isFile && !all.some(({ path }) => path === entrypoint)) {
    throw inputFault('entrypoint', `There is no file ${entrypoint}. Give it in files, or its content as code.`);
  }
  const made: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  let left = MAX_FILES_BYTES;
  for (const file of all) {
    const bytes = await bytesOf(file, left, ctx);
    left -= bytes.byteLength;
    if (left < 0)
      throw new Fault('RESOURCE_TOO_LARGE', `The files hold more than ${MAX_FILES_BYTES} bytes. Give fewer.`);
    made.push({ path: file.path, bytes });
  }
  return made;
}

async function bytesOf(file: InputFile, left: number, ctx: Pick<ToolContext, 'read'>): Promise<Uint8Array> {
  const { path, text, base64, uri } = file;
  const given = [text, base64, uri].filter((one) => one !== undefined).length;
  if (given !== 1) throw inputFault('files', `The file ${path} needs exactly one of text, base64 and uri.`);
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return decodeBase64(base64, left);
  return (await ctx.read({ uri: String(uri) })).bytes();
}

/** Each once, and none is a folder of another. */
function checkPaths(paths: readonly string[]): void {
  const known = new Set(paths);
  if (known.size < paths.length) throw inputFault('files', 'Two files have the same path. Give each once.');
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (known.has(path.slice(0, end)))
        throw inputFault('files', `${path.slice(0, end)} is a file and a folder. Rename one.`);
    }
  }
}

function inputFault(field: string, message: string): Fault {
  return new Fault('BAD_INPUT', message, { path: [field] });
}
