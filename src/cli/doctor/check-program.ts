import { execFile } from 'node:child_process';
import { Fault } from '../../core/errors.ts';
import { findProgram } from '../../resources/uri/exec-uri.ts';
import { type Finding, limited, usable } from './finding.ts';

const PROBE_TIMEOUT_MS = 5_000;

/** Starts a program and reports the first line that it prints. @param without what does not work without it */
export async function checkProgram(
  name: string,
  args: readonly string[],
  without: string,
  advice: string,
): Promise<readonly Finding[]> {
  try {
    const [line = ''] = (await outputOf(findProgram(name), args)).trim().split('\n');
    return [usable(name, line)];
  } catch (error) {
    const why = error instanceof Fault ? error.message : firstLine(error);
    return [limited(name, `${without}: ${why}`, advice)];
  }
}

function outputOf(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      [...args],
      { timeout: PROBE_TIMEOUT_MS, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } },
      (error, stdout, stderr) => {
        if (error) reject(new Error(stderr.trim() || error.message));
        else resolve(stdout);
      },
    );
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
