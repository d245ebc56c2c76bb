import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { type FileRef, filePathProblem, MAX_FILES_BYTES } from './file-ref.ts';

/** A file with its bytes. */
export interface FileContent {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads files of an earlier step, or from any URI.
 * @throws Fault BAD_INPUT for an invalid path, RESOURCE_TOO_LARGE, and what reading throws
 */
export async function readFiles(files: readonly FileRef[], session: AgentSession): Promise<readonly FileContent[]> {
  checkPaths(files);
  const read: FileContent[] = [];
  let bytesLeft = MAX_FILES_BYTES;
  for (const { path, uri } of files) {
    const body = await session.read({ uri });
    const pieces: Uint8Array[] = [];
    for await (const piece of body.stream()) {
      bytesLeft -= piece.length;
      if (bytesLeft < 0) {
        await body.cancel();
        const message = `The files have more than ${MAX_FILES_BYTES} bytes in total. Pass fewer or smaller files.`;
        throw new Fault('RESOURCE_TOO_LARGE', message, { path: ['files'] });
      }
      pieces.push(piece);
    }
    read.push({ path, bytes: Buffer.concat(pieces) });
  }
  return read;
}

/** Text of a file; malformed UTF-8 becomes U+FFFD. */
export function textOf({ bytes }: FileContent): string {
  return new TextDecoder().decode(bytes);
}

/** @throws Fault BAD_INPUT for a path that is invalid or occurs twice */
export function checkPaths(files: readonly { readonly path: string }[]): void {
  const seen = new Set<string>();
  for (const [at, { path }] of files.entries()) {
    const problem = filePathProblem(path) ?? (seen.has(path) ? 'which occurs twice' : undefined);
    seen.add(path);
    if (problem === undefined) continue;
    const message = `A file cannot have the path ${JSON.stringify(path.slice(0, 200))}, ${problem}. Change the path.`;
    throw new Fault('BAD_INPUT', message, {
      path: ['files'],
      violations: [{ path: `/files/${at}/path`, message: problem }],
    });
  }
}
