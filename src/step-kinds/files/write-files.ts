import { constants } from 'node:fs';
import { Fault } from '../../core/errors.ts';
import { openBeneath } from '../../lib/system/beneath.ts';
import type { FileContent } from './read-files.ts';

/** What open(2) reports for a link, a folder or a pipe in place of a file, or a link or a file in place of a folder. */
const OBSTRUCTION_CODES: ReadonlySet<string> = new Set(['ELOOP', 'EISDIR', 'ENOTDIR', 'ENXIO']);

/**
 * Writes files below a folder that other programs may also write to. Follows no symbolic link, neither on the
 * path nor in place of the file.
 * @throws Fault BAD_INPUT for such a link, or a folder in place of a file
 */
export async function writeFiles(root: string, files: readonly FileContent[]): Promise<void> {
  for (const { path, bytes } of files) {
    const flags = constants.O_WRONLY | constants.O_CREAT;
    const file = await openBeneath(root, path, flags, { createFolders: true }).catch((error: NodeJS.ErrnoException) => {
      if (OBSTRUCTION_CODES.has(error.code ?? '')) throw obstructionFault(path);
      throw error;
    });
    try {
      if (!(await file.stat()).isFile()) throw obstructionFault(path);
      await file.truncate(0);
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  }
}

function obstructionFault(path: string): Fault {
  const message = `${path} cannot be written: it, or a folder on the way, is a link, a folder or a pipe. Choose another path.`;
  return new Fault('BAD_INPUT', message, { path: ['files'] });
}
