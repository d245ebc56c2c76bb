import { realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Config } from '../../config/config.ts';
import { Fault } from '../../core/errors.ts';
import { unlessAborted } from '../shared/retry.ts';
import { bm25, type WordIndex, wordsOf } from './bm25.ts';
import type { Found, Searcher } from './searcher.ts';
import { readText, textFiles } from './text-files.ts';

const MOST_CHARACTERS = 240;

/** The lines around the place where most of the words stand, as one line. */
export function snippetOf(text: string, words: readonly string[]): string {
  const lines = text.split('\n').map((line) => line.trim());
  const counts = lines.map((line) => {
    const lower = line.toLowerCase();
    return words.filter((word) => lower.includes(word)).length;
  });
  const best = counts.reduce((top, count, at) => (count > (counts[top] ?? 0) ? at : top), 0);
  const part = lines
    .slice(best, best + 4)
    .filter(Boolean)
    .join(' ');
  return part.length > MOST_CHARACTERS ? `${part.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…` : part;
}

export interface OfflineIndexDeps {
  /** Absolute. */
  readonly folder: string;
  readonly localRoots: Config['resources']['localRoots'];
}

interface Built {
  readonly index: WordIndex;
  /** Absolute, free of links. */
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly title: string }[];
}

/** Searches the text files of a folder by BM25. Built at first use; only words stay in memory, not the texts. */
export function offlineIndex({ folder, localRoots }: OfflineIndexDeps): Searcher {
  let built: Promise<Built> | undefined;

  return {
    source: 'offline index',
    async search(query, limit, signal) {
      built ??= build(folder).catch((error: unknown) => {
        built = undefined;
        throw error;
      });
      const { index, files, folder: real } = await unlessAborted(built, signal);
      const words = wordsOf(query);
      const found: Found[] = [];
      for (const number of index.rank(words, limit)) {
        const file = files[number];
        const text = file && (await readText(join(real, file.path), Number.POSITIVE_INFINITY));
        // It may have gone since.
        if (!file || text === undefined) continue;
        found.push({ title: file.title, url: urlOf(real, file.path, localRoots), snippet: snippetOf(text, words) });
      }
      return found;
    },
  };
}

async function build(folder: string): Promise<Built> {
  try {
    const real = await realpath(folder);
    const files: { path: string; title: string }[] = [];
    const documents: (readonly string[])[] = [];
    for await (const { path, text } of textFiles(real)) {
      const title = titleOf(path, text);
      files.push({ path, title });
      // What it is called counts as much as a few mentions.
      documents.push([...wordsOf(`${path} ${title}`), ...wordsOf(text)]);
    }
    return { index: bm25(documents), folder: real, files };
  } catch (cause) {
    throw new Fault('UNAVAILABLE', 'There is nothing to search offline. Set SEARXNG_URL or BRAVE_API_KEY.', { cause });
  }
}

/** The first heading of Markdown; otherwise the path. */
function titleOf(path: string, text: string): string {
  const heading = path.endsWith('.md') ? /^#{1,2} +(.{1,200})$/m.exec(text)?.[1] : undefined;
  return heading?.trim() ?? path;
}

/** A file: URI that this server reads, where the file lies under one of its roots; otherwise the path below the folder. */
function urlOf(folder: string, path: string, roots: OfflineIndexDeps['localRoots']): string {
  const whole = join(folder, path);
  const root = roots.find((one) => whole.startsWith(one.folder + sep));
  if (!root) return `${basename(folder)}/${path}`;
  const below = whole.slice(root.folder.length + 1).split(sep);
  return `file://${root.name}/${below.map(encodeURIComponent).join('/')}`;
}
