import type { AgentSession } from '../../core/agent-session.ts';
import { mediaTypeOfFile } from '../../lib/media-type.ts';
import type { FileRef, TextFile } from './file-ref.ts';

/** Media types of source code, which the server's table does not contain: commands read data. */
const CODE_MEDIA_TYPES: Readonly<Record<string, string>> = {
  graphql: 'application/graphql',
  py: 'text/x-python',
  sql: 'application/sql',
  toml: 'application/toml',
  ts: 'text/typescript',
};

/** Stores every file as an artifact of the run. */
export async function saveFiles(
  files: readonly TextFile[],
  session: AgentSession,
): Promise<readonly Required<FileRef>[]> {
  const refs: Required<FileRef>[] = [];
  for (const { path, text } of files) {
    const { uri, size, sha256, media_type } = await session.saveArtifact(path, mediaTypeOf(path), text);
    refs.push({ path, uri, size, sha256, media_type });
  }
  return refs;
}

function mediaTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  if (Object.hasOwn(CODE_MEDIA_TYPES, extension)) return `${CODE_MEDIA_TYPES[extension]}; charset=utf-8`;
  const mediaType = mediaTypeOfFile(path);
  return mediaType === 'application/octet-stream' ? 'text/plain; charset=utf-8' : mediaType;
}
