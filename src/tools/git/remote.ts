import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Secret } from '../../config/secrets.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { isPublicAddress } from '../../lib/ip-address.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { GitConfig } from './environment.ts';
import type { GitCommand } from './git-command.ts';

/** Settings of the tools `repo.git.*`. */
export interface GitSettings {
  /** Sent when pushing to https remotes that the policy allows. */
  readonly token?: Secret;
  /** Each `host:port` that may have a private address; IPv6 in brackets. */
  readonly allowedPrivateHosts: readonly string[];
  /** All addresses of a name; default: the system's resolver. */
  readonly lookup?: (hostname: string) => Promise<readonly { readonly address: string }[]>;
  /** File with the CA certificates for https remotes; default: the system's. */
  readonly caFile?: string;
}

/** The canonical URI, which the policy decides about and git receives. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
export function remoteUri(text: string): CanonicalUri {
  const uri = canonicalUri(text);
  if (uri.scheme !== 'https' && uri.scheme !== 'http') {
    throw new Fault(
      'UNSUPPORTED_SCHEME',
      'A remote must be an https URI, such as https://git.example.com/team/project.git.',
    );
  }
  if (uri.query !== '')
    throw new Fault('BAD_INPUT', 'The URI of a remote must not have a query. Remove the part after the "?".');
  return uri;
}

/**
 * How git reaches the remote: only at the addresses that were checked here, without redirects (see `withCommonFolder`),
 * and with the token only over https.
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
    const addresses = await addressesOf(host, settings);
    if (!exempt && !addresses.every(isPublicAddress)) throw notPublicFault(uri.host);
    const list = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address)).join(',');
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
  const entries = await resolve(host).catch(() => []);
  if (entries.length > 0) return entries.map(({ address }) => address);
  throw new Fault('RESOURCE_UNREACHABLE', `${host} has no address. Check the name of the remote.`);
}

function notPublicFault(host: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `${host} has an address that is not public. To allow it, add it with its port to ALLOWED_PRIVATE_HOSTS.`,
  );
}

/**
 * The first release that supports `http.curloptResolve`. Older releases ignore it and resolve the name again, so they
 * could connect to an address that was not checked.
 */
const MIN_GIT_VERSION = [2, 37] as const;

/** @throws Fault UNAVAILABLE */
export async function checkGitVersion(git: GitCommand): Promise<void> {
  const version = await git.text(['version']);
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const newEnough =
    Number(major) > MIN_GIT_VERSION[0] || (Number(major) === MIN_GIT_VERSION[0] && Number(minor) >= MIN_GIT_VERSION[1]);
  if (!newEnough) {
    throw new Fault(
      'UNAVAILABLE',
      `The server has ${version.trim()}, but pushing requires git ${MIN_GIT_VERSION.join('.')} or later. Ask the operator to update git.`,
    );
  }
}
