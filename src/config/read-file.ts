import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EnvironmentReader } from './variables.ts';

/** The path of an existing file, absolute. */
export function readFile(read: EnvironmentReader, name: string): string | undefined {
  const file = read.text(name);
  return file === undefined ? undefined : existingFile(read, name, file);
}

/** The paths of a comma-separated list of existing files, absolute. */
export function readFiles(read: EnvironmentReader, name: string): readonly string[] {
  return (read.list(name) ?? []).map((file) => existingFile(read, name, file));
}

function existingFile(read: EnvironmentReader, name: string, file: string): string {
  const path = resolve(file);
  if (!isFile(path))
    read.addProblem(name, `the file ${path} does not exist or is not readable; write the path of a file`);
  return path;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
