import { accessSync, constants } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { encodePath } from './canonical-path.ts';

/** Where a program is looked for that is named without a path. */
const SEARCH_PATH = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * The file that a program's name means; `node` is the Node.js that runs this server.
 * @throws Fault BAD_INPUT, NOT_FOUND
 */
export function findProgram(name: string): string {
  if (name === 'node') return process.execPath;
  if (name.includes('\0') || name === '') throw new Fault('BAD_INPUT', 'A program has a name or an absolute path.');
  if (isAbsolute(name)) {
    const path = normalize(name);
    if (isExecutable(path)) return path;
    throw new Fault('NOT_FOUND', `There is no program ${path} that this server may start.`);
  }
  if (name.includes('/')) throw new Fault('BAD_INPUT', `Write the absolute path of ${name}.`);
  const program = SEARCH_PATH.map((folder) => join(folder, name)).find(isExecutable);
  if (program !== undefined) return program;
  throw new Fault(
    'NOT_FOUND',
    `There is no program ${name} in ${SEARCH_PATH.join(', ')}. Install it, or write its path.`,
  );
}

/** What the policy is asked about before a program is started: `exec:///usr/bin/python3`. @throws Fault BAD_INPUT, NOT_FOUND */
export function execUri(name: string): CanonicalUri {
  const path = encodePath(findProgram(name));
  return { href: `exec://${path}`, scheme: 'exec', host: '', port: '', path, query: '' };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
