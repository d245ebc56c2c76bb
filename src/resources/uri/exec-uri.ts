import { accessSync, constants } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { SANDBOX_NODE_PATH } from '../../core/programs/sandbox.ts';
import { encodePath } from './canonical-path.ts';

/** The folders in which a program without a path is searched. */
const SEARCH_PATH = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * The file of a program; `node`, and the path of its URI, is the Node.js that runs this server.
 * @throws Fault BAD_INPUT, NOT_FOUND
 */
export function findProgram(name: string): string {
  if (name === 'node' || name === SANDBOX_NODE_PATH) return process.execPath;
  if (name.includes('\0') || name === '') throw new Fault('BAD_INPUT', 'A program must be a name or an absolute path.');
  if (isAbsolute(name)) {
    const path = normalize(name);
    if (isExecutable(path)) return path;
    throw new Fault(
      'NOT_FOUND',
      `There is no program ${path} that this server may start. Check the path and its permissions.`,
    );
  }
  if (name.includes('/'))
    throw new Fault('BAD_INPUT', `${name} is a relative path. Write the absolute path of the program.`);
  const program = SEARCH_PATH.map((folder) => join(folder, name)).find(isExecutable);
  if (program !== undefined) return program;
  throw new Fault(
    'NOT_FOUND',
    `There is no program ${name} in ${SEARCH_PATH.join(', ')}. Install it, or write its path.`,
  );
}

/**
 * The URI about which the policy is asked before a program is started: `exec:///usr/bin/python3`. That of the Node that
 * runs this server is `exec:///run/signalbox/bin/node`, wherever it is installed.
 * @throws Fault BAD_INPUT, NOT_FOUND
 */
export function execUri(name: string): CanonicalUri {
  return programUri(findProgram(name));
}

/** The same by the absolute path of a program, which need not exist. */
export function programUri(file: string): CanonicalUri {
  const path = encodePath(file === process.execPath ? SANDBOX_NODE_PATH : normalize(file));
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
