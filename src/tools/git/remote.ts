import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Secret } from '../../config/secrets.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { isPublicAddress } from '../../lib/ip-address.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { GitConfig } from './environment.ts';
import type { GitCommand } from './git-command.ts';

/** What the tools `repo.git.*` are made with. */
export interface GitSettings {
  /** Lets push to https remotes that the policy allows. */
  readonly token?: Secret;
  /** `host:port` that may be private addresses; IPv6 in brackets. */
  readonly allowedPrivateHosts: readonly string[];
  /** All addresses of a name; default: the system's resolver. */
  readonly lookup?: (hostname: string) => Promise<readonly { readonly address: string }[]>;
  /** File of the certificates that https remotes are checked against; default: the system's. */
  readonly caFile?: string;
}

/** The one value that the policy is asked about and git is given. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
export function remoteUri(text: string): CanonicalUri {
  const uri = canonicalUri(text);
  if (uri.scheme !== 'https' && uri.scheme !== 'http') {
    throw new Fault(
      'UNSUPPORTED_SCHEME',
      'A remote is an https URI, such as https://git.example.com/team/project.git.',
    );
  }
  if (uri.query !== '')
    throw new Fault('BAD_INPUT', 'The URI of a remote has no query. Take out what follows the "?".');
  return uri;
}

/**
 * How git reaches the remote: at the addresses that were judged here and no others, without redirects (see
 * `withCommonFolder`), and with the token where nobody can listen.
 * @throws Fault FORBIDDEN for an address that is not public, RESOURCE_UNREACHABLE
 */
export async function remoteConfig(uri: CanonicalUri, settings: GitSettings): Promise<GitConfig> {
  const port = uri.port || (uri.scheme === 'https' ? '443' : '80');
  const config: (readonly [string, string])[] = [['http.proxy', '']];
  const host = uri.host.replace(/^\[|\]$/g, '');
  const exempt = settings.allowedPrivateHosts.includes(`${uri.host}:${port}`);
  if (isIP(host) !== 0) {
    if (!exempt && !isPublicAddress(host)) throw notPublicFault(uri.host);
  } else {
    const found = await addressesOf(host, settings);
    if (!exempt && !found.every(isPublicAddress)) throw notPublicFault(uri.host);
    const list = found.map((address) => (isIP(address) === 6 ? `[${address}]` : address)).join(',');
    config.push(['http.curloptResolve', `${host}:${port}:${list}`]);
  }
  if (settings.caFile !== undefined) config.push(['http.sslCAInfo', settings.caFile]);
  if (settings.token && uri.scheme === 'https') {
    const credentials = Buffer.concat([Buffer.from('x-access-token:'), settings.token.reveal()]).toString('base64');
    config.push([`http.https://${uri.host}:${port}/.extraHeader`, `Authorization: Basic ${credentials}`]);
  }
  return config;
}

async function addressesOf(host: string, { lookup }: GitSettings): Promise<readonly string[]> {
  const resolve = lookup ?? ((name: string) => systemLookup(name, { all: true, order: 'verbatim' }));
  const found = await resolve(host).catch(() => []);
  if (found.length > 0) return found.map(({ address }) => address);
  throw new Fault('RESOURCE_UNREACHABLE', `${host} has no address. Check the name of the remote.`);
}

function notPublicFault(host: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `${host} has an address that is not public. If it is meant to be reached, list it with its port in ALLOWED_PRIVATE_HOSTS.`,
  );
}

/**
 * The first release that connects to the addresses which it is told (`http.curloptResolve`). An older one would ignore
 * that and ask the name server itself.
 */
const MIN_GIT_VERSION = [2, 37] as const;

/** @throws Fault UNAVAILABLE */
export async function checkGitVersion(git: GitCommand): Promise<void> {
  const said = await git.text(['version']);
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? [];
  const newEnough =
    Number(major) > MIN_GIT_VERSION[0] || (Number(major) === MIN_GIT_VERSION[0] && Number(minor) >= MIN_GIT_VERSION[1]);
  if (!newEnough) {
    throw new Fault(
      'UNAVAILABLE',
      `The server has ${said.trim()}; to push it needs git ${MIN_GIT_VERSION.join('.')} or later.`,
    );
  }
}
