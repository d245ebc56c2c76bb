import { isIP } from 'node:net';
import { isLoopbackAddress } from '../lib/ip-address.ts';
import type { Config } from './config.ts';
import type { EnvironmentReader } from './variables.ts';

/** The address to listen on; `::` is every address of both families. Development has well-known accounts, so it allows loopback only. */
export function readHost(read: EnvironmentReader, mode: Config['mode']): string {
  const host = read.text('HOST') ?? (mode === 'development' ? '127.0.0.1' : '::');
  if (isIP(host) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host))
    read.addProblem('HOST', 'write an IP address or a host name, without brackets or port');
  else if (mode === 'development' && host !== 'localhost' && !isLoopbackAddress(host))
    read.addProblem('HOST', 'development listens on loopback only; write 127.0.0.1, or set NODE_ENV=production');
  return host;
}

/** Origins as browsers send them (RFC 6454): scheme, host and port only. */
export function readOrigins(read: EnvironmentReader, name: string): readonly string[] {
  const entries = read.list(name) ?? [];
  for (const entry of entries) {
    const url = URL.parse(entry);
    if (url === null || !isWeb(url) || url.origin !== entry)
      read.addProblem(
        name,
        `"${entry}" is not an origin; write scheme, host and port, for example https://app.example`,
      );
  }
  return entries;
}

/** `host:port`, normalized as WHATWG URL does, so that it can be compared with canonical URIs. */
export function readPrivateHosts(read: EnvironmentReader, name: string): readonly string[] {
  return (read.list(name) ?? []).flatMap((entry) => {
    const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(entry) ?? [];
    const url = URL.parse(`http://${host}/`);
    if (url !== null && url.href === `http://${url.hostname}/` && Number(port) >= 1 && Number(port) <= 65_535)
      return [`${url.hostname}:${Number(port)}`];
    read.addProblem(name, `"${entry}" is not host:port; write for example models.internal:8000 or [fd00::1]:443`);
    return [];
  });
}

/** `/signalbox`: a path of plain names, without the slash at its end. Empty without one. */
export function readBasePath(read: EnvironmentReader, name: string): string {
  const path = (read.text(name) ?? '').replace(/\/$/, '');
  const isPlain = /^(?:\/[\w.~-]+)*$/.test(path) && URL.parse(`http://localhost${path}/`)?.pathname === `${path}/`;
  if (isPlain) return path;
  read.addProblem(name, 'write a path of letters, digits, ".", "_", "~" and "-", such as /signalbox');
  return '';
}

/** An http or https URL without parts that could be secret. */
export function readWebUrl(read: EnvironmentReader, name: string): string | undefined {
  const text = read.text(name);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && isWeb(url) && url.username === '' && url.password === '' && url.hash === '') return url.href;
  read.addProblem(name, 'write an http or https URL without user name, password or fragment');
  return undefined;
}

function isWeb(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}
