import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../output/exit-codes.ts';

/** A server and the token for it. */
interface Host {
  readonly url: string;
  readonly username: string;
  readonly token: string;
}

type Hosts = Readonly<Record<string, Host>>;

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

/** Replaces the file as a whole: mode 0600 in a folder of mode 0700. */
export async function writeHosts(file: string, hosts: Hosts): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
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
