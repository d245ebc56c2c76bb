import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../output/exit-codes.ts';

/** A server and the token for it. */
export interface Host {
  readonly url: string;
  readonly username: string;
  readonly token: string;
}

type Hosts = Readonly<Record<string, Host>>;

/** A change takes milliseconds. A lock that is older is that of a process that was killed. */
const MAX_LOCK_MS = 5_000;
const RETRY_MS = 20;

/** `$XDG_CONFIG_HOME/signalbox/hosts.json`; default `~/.config`. */
export function hostsFile(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'signalbox', 'hosts.json');
}

/** The hosts by profile; none when there is no file. @throws UsageError for a file that is damaged or cannot be read */
export async function readHosts(file: string): Promise<Hosts> {
  try {
    const hosts: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isHosts(hosts)) throw new Error('it is not an object of hosts by profile');
    return hosts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(
      `${file} cannot be read: ${(error as Error).message}. Repair or delete it, then sign in again.`,
    );
  }
}

/**
 * Changes the file, one process at a time, so that none loses the profile of another. It is replaced as a whole: mode 0600 in a
 * folder of mode 0700.
 * @throws UsageError for a file that is damaged
 */
export async function changeHosts(file: string, change: (hosts: Hosts) => Hosts): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const lock = `${file}.lock`;
  await acquire(lock);
  try {
    await replace(file, change(await readHosts(file)));
  } finally {
    await rm(lock, { force: true });
  }
}

async function acquire(lock: string): Promise<void> {
  for (;;) {
    try {
      return await writeFile(lock, '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const { mtimeMs = Date.now() } = (await stat(lock).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > MAX_LOCK_MS) await rm(lock, { force: true });
    else await sleep(RETRY_MS);
  }
}

async function replace(file: string, hosts: Hosts): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${JSON.stringify(hosts, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

function isHosts(value: unknown): value is Hosts {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isHost);
}

function isHost(value: unknown): value is Host {
  if (typeof value !== 'object' || value === null) return false;
  const { url, username, token } = value as Partial<Record<string, unknown>>;
  return [url, username, token].every((text) => typeof text === 'string');
}
