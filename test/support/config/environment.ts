import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { Fault } from '../../../src/core/errors.ts';

export const SECRET = 'correct-horse-battery-staple-0123456789';

/** A folder for the tests of one file, and environments whose DATA_DIR is in it. */
export function createEnvironments() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-environment-')));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const dataDir = join(dir, 'data');
  return {
    dir,
    dataDir,
    development: (env: Record<string, string> = {}) => readEnvironment({ DATA_DIR: dataDir, ...env }),
    production: (env: Record<string, string> = {}) =>
      readEnvironment({ NODE_ENV: 'production', DATA_DIR: dataDir, JWT_SECRET: SECRET, ...env }),
  };
}

/** The problems that reading an environment reports, by variable. */
export function problemsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    const fault = error as Fault;
    expect(fault.code).toBe('BAD_INPUT');
    for (const { message } of fault.violations) expect(fault.message).toContain(message);
    return Object.fromEntries(fault.violations.map(({ path, message }) => [path.slice(1), message]));
  }
  throw new Error('the environment was accepted');
}
