import type { Static } from 'typebox';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine } from '../../core/programs/python.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import { inputFault, type PythonInput } from './schema.ts';

type Input = Static<typeof PythonInput>;

/** `https://HOST:PORT/` of each host that a program may reach. @throws Fault BAD_INPUT */
export function networkUris({
  allow_network = false,
  allowed_hosts = [],
}: Pick<Input, 'allow_network' | 'allowed_hosts'>): readonly CanonicalUri[] {
  if (!allow_network && allowed_hosts.length > 0)
    throw inputFault(
      'allow_network',
      'allowed_hosts names hosts, but allow_network is not true. Set it, or remove the hosts.',
    );
  if (allow_network && allowed_hosts.length === 0)
    throw inputFault(
      'allowed_hosts',
      'allow_network requires allowed_hosts. Name the hosts that the program may reach.',
    );
  return allowed_hosts.map((entry) => canonicalUri(`https://${entry}/`));
}

/** The same as `host:port`. @throws Fault BAD_INPUT, UNAVAILABLE when the engine has no network */
export function networkHosts(
  input: Pick<Input, 'allow_network' | 'allowed_hosts'>,
  engine: Pick<PythonEngine, 'name'>,
): readonly string[] {
  const hosts = networkUris(input).map(({ host, port }) => `${host}:${port || '443'}`);
  if (hosts.length > 0 && engine.name === 'wasi') {
    throw new Fault(
      'UNAVAILABLE',
      'Python runs as WebAssembly on this server, without a network. Run without allow_network, or ask the operator to install bubblewrap.',
    );
  }
  return [...new Set(hosts)];
}
