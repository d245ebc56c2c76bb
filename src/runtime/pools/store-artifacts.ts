import { constants } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import type { SavedArtifact, ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { WorkResult } from '../../core/runtime.ts';
import { openBeneath } from '../../lib/system/beneath.ts';

const MAX_ARTIFACT_BYTES = 64 * 2 ** 20;

/** Stores files of the workspace that a worker names as artifacts. @throws Fault BAD_INPUT, FORBIDDEN, RESOURCE_TOO_LARGE */
export async function storeArtifacts(
  files: NonNullable<WorkResult['artifacts']>,
  workspace: string,
  context: Pick<ToolContext, 'saveArtifact'>,
): Promise<readonly SavedArtifact[]> {
  const artifacts: SavedArtifact[] = [];
  for (const { path, name = path, media_type: mediaType = 'application/octet-stream' } of files) {
    artifacts.push(await context.saveArtifact(name, mediaType, await readInside(workspace, path)));
  }
  return artifacts;
}

/** Reads a regular file that really is in the workspace: anything that the worker made may be a link that leads out. */
async function readInside(workspace: string, path: string): Promise<Uint8Array> {
  const relativePath = normalize(path);
  if (isAbsolute(path) || relativePath.startsWith('..') || path.includes('\0')) {
    throw new Fault('BAD_INPUT', `The artifact ${JSON.stringify(path)} is not in the workspace. Use a relative path.`);
  }
  const handle = await openBeneath(workspace, relativePath, constants.O_RDONLY).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ELOOP' || cause.code === 'ENOTDIR') throw linkFault(path);
      throw new Fault(
        'BAD_INPUT',
        `The artifact ${path} cannot be read (${cause.code}). Write the file before the result.`,
        { cause },
      );
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Fault('BAD_INPUT', `The artifact ${path} is not a regular file.`);
    if (stats.nlink > 1) throw linkFault(path);
    if (stats.size > MAX_ARTIFACT_BYTES)
      throw new Fault(
        'RESOURCE_TOO_LARGE',
        `The artifact ${path} is larger than ${MAX_ARTIFACT_BYTES} bytes. Split it.`,
      );
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function linkFault(path: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `The artifact ${path} is or lies behind a link, which may lead out of the workspace. Copy the file instead.`,
  );
}
