import { once } from 'node:events';
import { readdir, readlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/compose/server.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret for tests, of more than 32 bytes';

const configOf = (dataDir: string, env: Record<string, string>) =>
  readEnvironment({ DATA_DIR: dataDir, JWT_SECRET: SECRET, LOG_LEVEL: 'error', PORT: '0', ...env });

/** Files of the folder that this process has open. */
async function openFiles(folder: string): Promise<readonly string[]> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.startsWith(folder));
}

/** Starts and stops a server on the folder, in this process. */
async function startAndStop(dataDir: string): Promise<void> {
  const server = await startServer(configOf(dataDir, {}));
  try {
    expect(await openFiles(dataDir)).not.toEqual([]);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  } finally {
    await server.stop();
  }
}

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

describe('a start that fails', () => {
  it('at a port that is in use closes all that it had opened, and can be tried again in the same process', async () => {
    await using folder = await createTempFolder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const timersBefore = timers();
    try {
      const start = startServer(configOf(folder.path, { PORT: String(port) }));
      await expect(start).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('listen') });
    } finally {
      other.close();
    }
    expect(await openFiles(folder.path)).toEqual([]);
    await until('no timer is left', () => timers() <= timersBefore);
    await startAndStop(folder.path);
    expect(await openFiles(folder.path)).toEqual([]);
  });

  it('at a policy that is not valid closes all that it had opened', async () => {
    await using folder = await createTempFolder();
    const rules = join(folder.path, 'policy.csv');
    await writeFile(rules, 'p, admin, everything, **, *, allow\n');
    const start = startServer(configOf(folder.path, { POLICY_FILE: rules }));
    await expect(start).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await openFiles(folder.path)).toEqual([]);
    await startAndStop(folder.path);
  });

  it('on a folder that another server uses leaves that server its lock', async () => {
    await using folder = await createTempFolder();
    const server = await startServer(configOf(folder.path, {}));
    const second = () => startServer(configOf(folder.path, {}));
    try {
      await expect(second()).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(second()).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
    } finally {
      await server.stop();
    }
    await startAndStop(folder.path);
  });
});
