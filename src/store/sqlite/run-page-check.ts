import { execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../core/errors.ts';
import { endWithParent } from '../../lib/system/end-with-parent.ts';
import type { PageReport } from './check-pages.ts';

/** Far more than a check takes, also on a slow disk. */
const TIMEOUT_MS = 60_000;

/**
 * Checks the pages of a database file in a process of the lowest priority: reading a large file would block this one.
 * @throws Fault UNAVAILABLE if the check cannot be made
 */
export function runPageCheck(file: string, signal?: AbortSignal): Promise<PageReport> {
  const script = fileURLToPath(new URL('page-check-child.ts', import.meta.url));
  const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env: {}, ...(signal && { signal }) } as const;
  const [program = '', ...args] = endWithParent([process.execPath, '--no-warnings', script, file]);
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(JSON.parse(stdout) as PageReport);
      const why =
        child.signalCode === null ? (/^\w*Error: .*$/m.exec(stderr)?.[0] ?? error.message) : 'it took too long';
      const message = `The pages of the database could not be checked: ${why}. Check that the file exists and can be read.`;
      reject(new Fault('UNAVAILABLE', message, { cause: error }));
    });
    try {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended, or the system does not allow it.
    }
  });
}
