import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offlineIndex } from './offline-index.ts';

const { signal } = new AbortController();

describe('the offline index', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-index-')));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = async (path: string, text: string | Uint8Array) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const searcher = (localRoots: Parameters<typeof offlineIndex>[0]['localRoots'] = []) =>
    offlineIndex({ folder: join(folder, 'docs'), localRoots });
  const urls = async (query: string) => (await searcher().search(query, 20, signal)).map(({ url }) => url);

  it('names itself, and returns title, path and the matching part of a file', async () => {
    await put('docs/harbour.md', '# The harbour\n\nWhere ships lie.\n\nA crane lifts the cargo\nout of a ship.\n');
    const index = searcher();
    expect(index.source).toBe('offline index');
    expect(await index.search('crane cargo', 5, signal)).toEqual([
      { title: 'The harbour', url: 'docs/harbour.md', snippet: 'A crane lifts the cargo out of a ship.' },
    ]);
  });

  it('returns the URI under which this server reads a file, if there is one', async () => {
    await put('docs/data/a b#1.md', 'crane');
    const [found] = await searcher([{ name: '/files', folder: join(folder, 'docs/data') }]).search('crane', 1, signal);
    expect(found?.url).toBe('file:///files/a%20b%231.md');
  });

  it('omits links, hidden files, files that are not text, and files that are too large', async () => {
    await put('secret.md', 'crane');
    await put('docs/fine.md', 'crane');
    await put('docs/.hidden/a.md', 'crane');
    await put('docs/broken.md', Uint8Array.of(0xff, 0xfe, 0x63));
    await put('docs/picture.png', 'crane');
    await put('docs/large.md', 'crane '.repeat(50_000));
    await symlink(join(folder, 'secret.md'), join(folder, 'docs/link.md'));
    await symlink(folder, join(folder, 'docs/linked'));
    expect(await urls('crane')).toEqual(['docs/fine.md']);
  });

  it('is built once, and omits a file that was deleted or replaced by a link afterwards', async () => {
    await put('docs/a.md', 'crane');
    await put('docs/b.md', 'crane');
    await put('secret.md', 'crane secret');
    const index = searcher();
    expect(await index.search('crane', 5, signal)).toHaveLength(2);
    await rm(join(folder, 'docs/a.md'));
    await rm(join(folder, 'docs/b.md'));
    await symlink(join(folder, 'secret.md'), join(folder, 'docs/b.md'));
    await put('docs/c.md', 'crane');
    expect(await index.search('crane', 5, signal)).toEqual([]);
  });

  it('reports what to do when the folder does not exist, and uses it once it exists', async () => {
    const index = searcher();
    await expect(index.search('crane', 5, signal)).rejects.toMatchObject({ name: 'Fault', code: 'UNAVAILABLE' });
    await put('docs/a.md', 'crane');
    expect(await index.search('crane', 5, signal)).toHaveLength(1);
  });

  it('finds examples of this project', async () => {
    const examples = offlineIndex({ folder: resolve(import.meta.dirname, '../../../examples'), localRoots: [] });
    const [first] = await examples.search('saga compensation workflow', 3, signal);
    expect(first?.url).toBe('examples/workflows/saga.yaml');
  });
});
