import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { NatsSettings } from './config.ts';
import { readFile } from './read-file.ts';
import { createSecret, readSecret } from './secrets.ts';
import type { EnvironmentReader } from './variables.ts';

const DEFAULT_PORT = '4222';
const SEED = /^SU[A-Z2-7]{56}$/;
/** A token and a seed, each in a block with a line of dashes before and after it. */
const CREDENTIALS = /-{3,}\r?\n\s*[\w-]+\.[\w-]+\.[\w-]+\s*\r?\n-{3,}[\s\S]*-{3,}\r?\n\s*SU[A-Z2-7]{56}\s*\r?\n-{3,}/;
const HOW_TO_WRITE_URL =
  'write nats://HOST:PORT, or tls://HOST:PORT to refuse connections without TLS; several servers of a cluster separated by ' +
  'commas; with USER:PASSWORD@ before HOST if they require it, special characters percent-encoded';

/** How to reach NATS; undefined when NATS_URL is unset. The files are read again at each connection, and checked here. */
export function readNats(read: EnvironmentReader): NatsSettings | undefined {
  const url = readSecret(read, 'NATS_URL', 1);
  const files = {
    creds: readFile(read, 'NATS_CREDS'),
    nkey: readFile(read, 'NATS_NKEY'),
    caFile: readFile(read, 'NATS_CA'),
    certFile: readFile(read, 'NATS_CERT'),
    keyFile: readFile(read, 'NATS_KEY'),
  };
  if (!url) {
    const variables = ['NATS_CREDS', 'NATS_NKEY', 'NATS_CA', 'NATS_CERT', 'NATS_KEY'];
    for (const name of variables.filter((one) => read.text(one) !== undefined))
      read.addProblem(name, 'is for a connection to NATS; set NATS_URL too, or leave this out');
    return undefined;
  }
  const urls = readUrls(read, Buffer.from(url.reveal()).toString());
  const login = readLogin(read, urls, files);
  const tls = readTls(read, files);
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`),
    ...(login && { login }),
    ...((tls || urls.some(({ protocol }) => protocol === 'tls:')) && { tls: tls ?? {} }),
  };
}

function readUrls(read: EnvironmentReader, text: string): readonly URL[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const urls = entries.map((entry) => URL.parse(entry)).filter((url): url is URL => url !== null && isNatsUrl(url));
  if (urls.length < entries.length) read.addProblem('NATS_URL', HOW_TO_WRITE_URL);
  else if (new Set(urls.map(({ protocol }) => protocol)).size > 1)
    read.addProblem('NATS_URL', 'write tls:// for all servers, or for none of them');
  return urls;
}

function isNatsUrl({ protocol, hostname, username, password, pathname, search, hash }: URL): boolean {
  if ((protocol !== 'nats:' && protocol !== 'tls:') || hostname === '') return false;
  if (pathname.length > 1 || search !== '' || hash !== '' || (username === '') !== (password === '')) return false;
  return [username, password].every((part) => decode(part) !== undefined);
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function readLogin(
  read: EnvironmentReader,
  urls: readonly URL[],
  { creds, nkey }: Readonly<Record<'creds' | 'nkey', string | undefined>>,
): NatsSettings['login'] {
  const users = new Set(urls.filter(({ username }) => username).map((url) => `${url.username}:${url.password}`));
  if (users.size > 1)
    read.addProblem('NATS_URL', 'the servers of a cluster have the same users; write the same USER:PASSWORD for all');
  const [user] = urls.filter(({ username }) => username !== '');
  const others = [creds && 'NATS_CREDS', nkey && 'NATS_NKEY', user && 'NATS_URL'].filter((name) => name !== undefined);
  if (others.length > 1)
    read.addProblem(others[0] as string, `set one of NATS_CREDS, NATS_NKEY and USER:PASSWORD in NATS_URL`);
  if (creds !== undefined) {
    const how = 'write the path of a file as nsc creates it, with the JWT of a user and its seed';
    check(read, 'NATS_CREDS', creds, (content) => requireMatch(CREDENTIALS, content), how);
    return { kind: 'creds', file: creds };
  }
  if (nkey !== undefined) {
    const how = 'write the path of a file with the seed of a user, which begins with SU';
    check(read, 'NATS_NKEY', nkey, (content) => requireMatch(SEED, content.trim()), how);
    return { kind: 'nkey', file: nkey };
  }
  if (!user) return undefined;
  const password = createSecret(Buffer.from(decode(user.password) ?? ''));
  return { kind: 'password', user: decode(user.username) ?? '', password };
}

function readTls(
  read: EnvironmentReader,
  { caFile, certFile, keyFile }: Readonly<Record<'caFile' | 'certFile' | 'keyFile', string | undefined>>,
): NatsSettings['tls'] {
  if (caFile !== undefined)
    check(read, 'NATS_CA', caFile, (ca) => new X509Certificate(ca), 'write the path of a PEM file of certificates');
  if (certFile !== undefined && keyFile !== undefined) {
    const how = 'write the path of a PEM file of a certificate, and in NATS_KEY that of its key, not encrypted';
    const use = (cert: string) => createSecureContext({ cert, key: readFileSync(keyFile) });
    check(read, 'NATS_CERT', certFile, use, how);
  } else if (certFile !== undefined || keyFile !== undefined) {
    const name = certFile === undefined ? 'NATS_KEY' : 'NATS_CERT';
    read.addProblem(name, 'set NATS_CERT and NATS_KEY together, or neither');
  }
  const tls = { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) };
  return Object.keys(tls).length > 0 ? tls : undefined;
}

/** Reports a file whose content cannot be used. A file that does not exist has been reported. */
function check(
  read: EnvironmentReader,
  name: string,
  file: string,
  use: (content: string) => unknown,
  how: string,
): void {
  try {
    use(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    read.addProblem(name, `${file} cannot be used (${(error as Error).message}); ${how}`);
  }
}

function requireMatch(pattern: RegExp, content: string): void {
  if (!pattern.test(content)) throw new Error('it has other content');
}
