import { UsageError } from '../output/exit-codes.ts';
import { hostsFile, readHosts } from './hosts-file.ts';

const DEFAULT_URL = 'http://localhost:4000';
const DEFAULT_PROFILE = 'default';

export interface Profile {
  readonly name: string;
  readonly url: string;
  readonly token: string | undefined;
}

/**
 * The server and token of a command line. SIGNALBOX_PROFILE, SIGNALBOX_URL and SIGNALBOX_TOKEN win over options, options over
 * the hosts file. A saved token goes only to the server that it was saved for.
 * @throws UsageError
 */
export async function readProfile(
  env: NodeJS.ProcessEnv,
  options: { readonly profile?: string; readonly url?: string },
): Promise<Profile> {
  const name = env.SIGNALBOX_PROFILE || options.profile || DEFAULT_PROFILE;
  const hosts = await readHosts(hostsFile(env));
  const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  const url = normalizeUrl(env.SIGNALBOX_URL || options.url || host?.url || DEFAULT_URL);
  return { name, url, token: env.SIGNALBOX_TOKEN || (host?.url === url ? host.token : undefined) };
}

function normalizeUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url.href.replace(/\/$/, '');
  throw new UsageError('The URL of the server must be like https://signalbox.example.com, without a password.');
}
