import { constants } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import type { SavedArtifact, ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { WorkResult } from '../../core/runtime.ts';

const MAX_ARTIFACT_BYTES = 64 * 2 ** 20;
const SAFE_OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Files of the workspace that a worker names become artifacts. @throws Fault BAD_INPUT, FORBIDDEN, RESOURCE_TOO_LARGE */
export async function storeArtifacts(
  named: NonNullable<WorkResult['artifacts']>,
  workspace: string,
  context: Pick<ToolContext, 'keep'>,
): Promise<readonly SavedArtifact[]> {
  const kept: SavedArtifact[] = [];
  for (const { path, name = path, media_type: mediaType = 'application/octet-stream' } of named) {
    kept.push(await context.keep(name, mediaType, await readInside(workspace, path)));
  }
  return kept;
}

/** A regular file that really lies in the workspace: whatever the worker made there may be a link that leads out. */
async function readInside(workspace: string, path: string): Promise<Uint8Array> {
  const plain = normalize(path);
  if (isAbsolute(path) || plain.startsWith('..') || path.includes('\0')) {
    throw new Fault('BAD_INPUT', `The worker names ${JSON.stringify(path)}, which is no path in the workspace.`);
  }
  const base = await realpath(workspace);
  const handle = await open(join(base, plain), SAFE_OPEN_FLAGS).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ELOOP') throw linkFault(path);
    throw new Fault('BAD_INPUT', `The worker names ${path}, which cannot be read (${cause.code}).`, { cause });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Fault('BAD_INPUT', `The worker names ${path}, which is no regular file.`);
    if (stats.nlink > 1) throw linkFault(path);
    const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(join(base, plain)));
    if (!real.startsWith(base + sep)) throw linkFault(path);
    if (stats.size > MAX_ARTIFACT_BYTES)
      throw new Fault('RESOURCE_TOO_LARGE', `${path} is larger than ${MAX_ARTIFACT_BYTES} bytes.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function linkFault(path: string): Fault {
  return new Fault('FORBIDDEN', `The worker names ${path}, which is a link that may lead out of the workspace.`);
}
