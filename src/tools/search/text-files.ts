import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTextual, mediaTypeOfFile } from '../../lib/media-type.ts';

export interface IndexedFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

const MAX_FILES = 2_000;
const MAX_FILE_BYTES = 256 * 1024;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 12;
/** Names of text files that have no textual media type. */
const CODE_FILE_NAME = /\.(ts|js|mjs|py|sh|sql|graphql|proto|toml|ini|rs|go|java|c|h)$/;

/** The text files below a folder in the order of their paths, up to the limits; without links and hidden files. */
export async function* walkTextFiles(folder: string): AsyncGenerator<IndexedFile> {
  let [files, bytes] = [0, 0];
  for await (const path of walkPaths(folder, '', 0)) {
    if (files === MAX_FILES) return;
    const text = await readText(join(folder, path), MAX_TOTAL_BYTES - bytes);
    if (text === undefined) continue;
    files += 1;
    bytes += Buffer.byteLength(text);
    yield { path, text };
  }
}

async function* walkPaths(folder: string, at: string, level: number): AsyncGenerator<string> {
  const children = await readdir(join(folder, at), { withFileTypes: true });
  for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (child.name.startsWith('.') || child.name === 'node_modules') continue;
    const path = at === '' ? child.name : `${at}/${child.name}`;
    if (child.isDirectory() && level < MAX_DEPTH) yield* walkPaths(folder, path, level + 1);
    else if (child.isFile() && (CODE_FILE_NAME.test(path) || isTextual(mediaTypeOfFile(path)))) yield path;
  }
}

/** Undefined when the file is too large, is not text, or cannot be read. */
export async function readText(path: string, maxBytes: number): Promise<string | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  try {
    const stats = await handle?.stat();
    if (!handle || !stats?.isFile() || stats.size > Math.min(maxBytes, MAX_FILE_BYTES)) return undefined;
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}
