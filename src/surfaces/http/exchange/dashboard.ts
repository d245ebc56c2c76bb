import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The dashboard as it was built: one page for all its paths, and files whose names change with their content. */
export interface Dashboard {
  readonly page: string;
  readonly folder: string;
  /** Bytes of each file, by name; compressed ones end with `.br` or `.gz`. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Reads what `npm ci` has built. Undefined if it has not been built. */
export async function openDashboard(folder: string): Promise<Dashboard | undefined> {
  const assets = join(folder, 'assets');
  try {
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    const names = await readdir(assets);
    const sizes = await Promise.all(names.map(async (name) => [name, (await stat(join(assets, name))).size] as const));
    return { page, folder: assets, sizes: new Map(sizes) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
