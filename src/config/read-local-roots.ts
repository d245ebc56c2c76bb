import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from './config.ts';
import type { EnvironmentReader } from './variables.ts';

type LocalRoot = Config['resources']['localRoots'][number];

/** One or more segments, none of them `.` or `..`: the text is compared with canonical URI paths. */
const NAME = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;

/**
 * The virtual roots of `file:` URIs: `/data=/srv/files,/schemas=./schemas`, or `/data,/schemas` when name and folder
 * are the same.
 */
export function readLocalRoots(
  read: EnvironmentReader,
  name: string,
  defaultRoots: readonly LocalRoot[],
): readonly LocalRoot[] {
  const roots: LocalRoot[] = [];
  for (const { name: root, folder } of read.list(name)?.map(parse) ?? defaultRoots) {
    const real = realFolder(folder);
    if (!NAME.test(root))
      read.addProblem(name, `"${root}" is not a root; write /name=folder, for example /data=/srv/files`);
    else if (roots.some((other) => other.name === root))
      read.addProblem(name, `${root} is listed twice; keep one of them`);
    else if (real === undefined)
      read.addProblem(name, `${root}: the folder ${folder} does not exist; create it or use another`);
    else if (real === '/') read.addProblem(name, `${root}: / would open the whole disk; use a folder in it`);
    else roots.push({ name: root, folder: real });
  }
  return roots;
}

interface MemoryRootOptions {
  readonly localRoots: readonly LocalRoot[];
  readonly defaultRoot: LocalRoot;
}

/** The virtual root of memories that are files, `/memories=./data/memories`. Its folder is created when it is first used. */
export function readMemoryRoot(
  read: EnvironmentReader,
  variable: string,
  { localRoots, defaultRoot }: MemoryRootOptions,
): LocalRoot {
  const entry = read.text(variable);
  const { name, folder } = entry === undefined ? defaultRoot : parse(entry);
  const root = { name, folder: realFolder(folder) ?? resolve(folder) };
  const overlaps = (other: LocalRoot) => `${name}/`.startsWith(`${other.name}/`) || other.name.startsWith(`${name}/`);
  const clash = localRoots.find((other) => overlaps(other) && (other.name !== name || other.folder !== root.folder));
  if (!NAME.test(name))
    read.addProblem(variable, `"${name}" is not a root; write /name=folder, for example /memories=/srv/memories`);
  else if (root.folder === '/') read.addProblem(variable, `${name}: / would open the whole disk; use a folder in it`);
  else if (clash)
    read.addProblem(variable, `${name} overlaps ${clash.name} of ALLOWED_LOCAL_ROOTS; use another name, or its folder`);
  return root;
}

function parse(entry: string): LocalRoot {
  const [, name = entry, folder = name] = /^([^=]*?)\s*=\s*(.*)$/.exec(entry) ?? [];
  return { name, folder };
}

function realFolder(folder: string): string | undefined {
  try {
    const real = realpathSync(resolve(folder));
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}
