import type { Static } from 'typebox';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine } from '../../core/python.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { PythonInput } from './schema.ts';

type Input = Static<typeof PythonInput>;

/** What a program may reach: `https://HOST:PORT/` for each host that it is allowed. @throws Fault BAD_INPUT */
export function networkUris({
  allow_network = false,
  allowed_hosts = [],
}: Pick<Input, 'allow_network' | 'allowed_hosts'>): readonly CanonicalUri[] {
  if (!allow_network && allowed_hosts.length > 0)
    throw inputFault('allow_network', 'Hosts are named, but allow_network is not true. Set it, or name none.');
  if (allow_network && allowed_hosts.length === 0)
    throw inputFault('allowed_hosts', 'Name the hosts that the program may reach.');
  return allowed_hosts.map((entry) => canonicalUri(`https://${entry}/`));
}

/** The same as `host:port`. @throws Fault BAD_INPUT, UNAVAILABLE when the engine has no network to give */
export function networkHosts(
  input: Pick<Input, 'allow_network' | 'allowed_hosts'>,
  engine: Pick<PythonEngine, 'name'>,
): readonly string[] {
  const hosts = networkUris(input).map(({ host, port }) => `${host}:${port || '443'}`);
  if (hosts.length > 0 && engine.name === 'wasi') {
    throw new Fault(
      'UNAVAILABLE',
      'Python runs as WebAssembly here, which has no network. Run without allow_network, or have bubblewrap installed on the server.',
    );
  }
  return [...new Set(hosts)];
}

function inputFault(field: string, message: string): Fault {
  return new Fault('BAD_INPUT', message, { path: [field] });
}
