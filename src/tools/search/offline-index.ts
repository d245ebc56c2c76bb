import { realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Config } from '../../config/config.ts';
import { Fault } from '../../core/errors.ts';
import { awaitOrAbort } from '../shared/retry.ts';
import { createBm25Index, tokenize, type WordIndex } from './bm25.ts';
import type { Searcher, SearchHit } from './searcher.ts';
import { readText, walkTextFiles } from './text-files.ts';

const MAX_SNIPPET_CHARS = 240;

/** The lines with most of the words, as one line. */
function snippetOf(text: string, words: readonly string[]): string {
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
  return part.length > MAX_SNIPPET_CHARS ? `${part.slice(0, MAX_SNIPPET_CHARS - 1).toWellFormed()}…` : part;
}

export interface OfflineIndexDeps {
  /** Absolute. */
  readonly folder: string;
  readonly localRoots: Config['resources']['localRoots'];
}

interface BuiltIndex {
  readonly index: WordIndex;
  /** Absolute, without links. */
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly title: string }[];
}

/** Searches the text files of a folder by BM25. Built at first use; keeps only the words in memory, not the texts. */
export function offlineIndex({ folder, localRoots }: OfflineIndexDeps): Searcher {
  let built: Promise<BuiltIndex> | undefined;

  return {
    source: 'offline index',
    async search(query, limit, signal) {
      built ??= buildIndex(folder).catch((error: unknown) => {
        built = undefined;
        throw error;
      });
      const { index, files, folder: real } = await awaitOrAbort(built, signal);
      const words = tokenize(query);
      const hits: SearchHit[] = [];
      for (const number of index.rank(words, limit)) {
        const file = files[number];
        const text = file && (await readText(join(real, file.path), Number.POSITIVE_INFINITY));
        // The file may have been deleted since.
        if (!file || text === undefined) continue;
        hits.push({ title: file.title, url: urlOf(real, file.path, localRoots), snippet: snippetOf(text, words) });
      }
      return hits;
    },
  };
}

async function buildIndex(folder: string): Promise<BuiltIndex> {
  try {
    const real = await realpath(folder);
    const files: { path: string; title: string }[] = [];
    const documents: (readonly string[])[] = [];
    for await (const { path, text } of walkTextFiles(real)) {
      const title = titleOf(path, text);
      files.push({ path, title });
      // The path and the title count as much as a few mentions.
      documents.push([...tokenize(`${path} ${title}`), ...tokenize(text)]);
    }
    return { index: createBm25Index(documents), folder: real, files };
  } catch (cause) {
    throw new Fault('UNAVAILABLE', 'The offline index has no files to search. Set SEARXNG_URL or BRAVE_API_KEY.', {
      cause,
    });
  }
}

/** The first heading of Markdown; otherwise the path. */
function titleOf(path: string, text: string): string {
  const heading = path.endsWith('.md') ? /^#{1,2} +(.{1,200})$/m.exec(text)?.[1] : undefined;
  return heading?.trim() ?? path;
}

/** A file: URI that this server reads, if the file is below one of its roots; otherwise the path below the folder. */
function urlOf(folder: string, path: string, roots: OfflineIndexDeps['localRoots']): string {
  const whole = join(folder, path);
  const root = roots.find((one) => whole.startsWith(one.folder + sep));
  if (!root) return `${basename(folder)}/${path}`;
  const below = whole.slice(root.folder.length + 1).split(sep);
  return `file://${root.name}/${below.map(encodeURIComponent).join('/')}`;
}
