import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import packageJson from './package.json' with { type: 'json' };

const DIST = join(import.meta.dirname, 'dist');

/**
 * Before `npm pack`: the program with the SDK in one folder, which loads a verb when it runs. Its dependencies are installed next to
 * it; packages that it contains are there with their licenses.
 */
await rm(DIST, { recursive: true, force: true });
const bundle = await rolldown({
  input: { signalbox: join(import.meta.dirname, 'src/bin.ts') },
  external: Object.keys(packageJson.dependencies),
  platform: 'node',
});
const { output } = await bundle.write({ dir: DIST, chunkFileNames: 'chunks/[name].js' });
const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
const packages = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
await writeFile(join(DIST, 'LICENSES.txt'), (await Promise.all([...packages].toSorted().map(licenseOf))).join('\n'));

async function licenseOf(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^license/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no license file.`);
  return `${name} ${version}\n\n${await readFile(join(folder, file), 'utf8')}`;
}
