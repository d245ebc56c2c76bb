import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { abortFault } from '../../core/abort.ts';
import { isTextual, mediaTypeOfFile } from '../../lib/media-type.ts';
import type { DriveFile } from './drive.ts';
import { driveFileOf, fileIdOf, isHidden, withOpenFile } from './open-file.ts';

/** Limits of one search; files beyond them are not found. */
const MAX_ENTRIES = 10_000;
const MAX_DEPTH = 20;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

interface FolderEntry {
  readonly relative: string;
  readonly stats: Stats;
}

/** Files with every word in their name, newest first, followed by files with every word in their text. */
export async function searchFolder(
  root: string,
  query: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly DriveFile[]> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => words.every((word) => text.includes(word));
  const entries = await listEntries(root, signal);
  entries.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs || (a.relative < b.relative ? -1 : 1));
  const found = entries.filter(({ relative }) => fits(nameOf(relative)));
  let left = MAX_TOTAL_BYTES;
  for (const entry of entries) {
    if (signal.aborted) throw abortFault(signal);
    if (found.length >= limit) break;
    const { relative, stats } = entry;
    if (!isReadable(entry) || fits(nameOf(relative)) || stats.size > left) continue;
    left -= stats.size;
    if (fits(await textOf(root, relative))) found.push(entry);
  }
  return found.slice(0, limit).map(({ relative, stats }) => driveFileOf(relative, stats));
}

const nameOf = (relative: string) => relative.slice(relative.lastIndexOf('/') + 1).toLowerCase();

function isReadable({ relative, stats }: FolderEntry): boolean {
  return stats.isFile() && stats.size <= MAX_FILE_BYTES && isTextual(mediaTypeOfFile(relative));
}

/** Empty when the file was deleted or replaced by a link in the meantime. */
async function textOf(root: string, relative: string): Promise<string> {
  const text = withOpenFile(root, fileIdOf(relative), async ({ handle }) => await readFile(handle, 'utf8'));
  return (await text.catch(() => '')).toLowerCase();
}

async function listEntries(root: string, signal: AbortSignal): Promise<FolderEntry[]> {
  const found: FolderEntry[] = [];
  let level = [''];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of level) {
      if (signal.aborted) throw abortFault(signal);
      for (const child of await listChildren(join(root, folder))) {
        if (found.length >= MAX_ENTRIES) return found;
        const relative = folder === '' ? child.name : `${folder}/${child.name}`;
        const stats = await lstat(join(root, relative)).catch(() => undefined);
        if (!stats?.isFile() && !stats?.isDirectory()) continue;
        found.push({ relative, stats });
        if (stats.isDirectory()) below.push(relative);
      }
    }
    level = below;
  }
  return found;
}

/** Empty for a folder that was deleted in the meantime or cannot be read. */
async function listChildren(path: string): Promise<Dirent[]> {
  const children = await readdir(path, { withFileTypes: true }).catch(() => []);
  return children.filter(({ name }) => !isHidden(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}
