// Makes an installation small, for servers and workers: removes the packages of development, and files of the others that only other systems, other
// databases and debuggers read. `npm ci` brings them back.
import { spawnSync } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PRISMA = 'node_modules/@prisma/client/runtime';
const SQLITE = 'node_modules/better-sqlite3';

/** Globs of what no server reads. */
export const UNUSED = [
  'node_modules/**/*.map',
  `${PRISMA}/*.{cockroachdb,mysql,sqlserver}.*`,
  `${PRISMA}/query_compiler_fast_bg.*`,
  `${PRISMA}/*.wasm-base64.js`,
  `${PRISMA}/wasm-compiler-edge.*`,
  `${SQLITE}/{deps,src}`,
  `${SQLITE}/prebuilds/!(${process.platform}*-${process.arch}).node`,
];

if (import.meta.main) {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const prune = ['prune', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', prune, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  for (const path of globSync(UNUSED, { cwd })) rmSync(`${cwd}${path}`, { recursive: true, force: true });
}
