import type { RequestListener } from 'node:http';
import type { Secret } from '../../config/secrets.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import type { RequestOwner } from '../../resources/outgoing/places.ts';

/** Dependencies of the tools `repo.git.*`. */
export interface GitDeps {
  readonly sandbox: Sandbox;
  readonly outgoing: Outgoing;
  /** Sent when pushing to https remotes that the policy allows. */
  readonly token?: Secret;
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

/** The way of git to one remote. */
export interface RemoteGateway {
  /** What git is given as the remote: plain HTTP, which goes to the gateway as a proxy. */
  readonly url: string;
  readonly listener: RequestListener;
  /** Why the remote could not be reached, if a request failed. */
  failure(): Fault | undefined;
}

/** The requests of a push (Git, "HTTP transfer protocols"). */
const PUSH_REQUESTS = [
  { method: 'GET', path: '/info/refs', query: 'service=git-receive-pack' },
  { method: 'POST', path: '/git-receive-pack', query: '' },
] as const;

/**
 * Passes what a push needs on to one remote, and nothing else. The connection, TLS and the token are those of this server:
 * git in its sandbox has none of them, so neither a repository nor a fault of git itself can reveal the token or use it
 * elsewhere. The token is sent only over https, and redirects are not followed.
 */
export function createRemoteGateway(
  uri: CanonicalUri,
  { outgoing, token }: Pick<GitDeps, 'outgoing' | 'token'>,
  options: { readonly signal: AbortSignal; readonly owner: RequestOwner },
): RemoteGateway {
  const host = `${uri.host}:${uri.port || (uri.scheme === 'https' ? '443' : '80')}`;
  const url = `http://${host}${uri.path}`;
  const base = new URL(url);
  const folder = uri.path.replace(/\/$/, '');
  let failure: Fault | undefined;

  const targetOf = (method = '', href = ''): CanonicalUri | undefined => {
    const asked = URL.parse(href);
    if (asked?.origin !== base.origin) return undefined;
    const request = PUSH_REQUESTS.find(
      ({ path, query, ...one }) =>
        one.method === method && asked.pathname === folder + path && asked.search.replace('?', '') === query,
    );
    return request && { ...uri, path: folder + request.path, query: request.query };
  };

  const forward: RequestListener = async (incoming, response) => {
    const target = targetOf(incoming.method, incoming.url);
    if (!target) return void response.writeHead(403, { connection: 'close' }).end();
    delete incoming.headers.authorization;
    const headers = token && uri.scheme === 'https' ? { authorization: basicCredentials(token) } : {};
    try {
      await outgoing.forward(target, { incoming, response }, { headers, ...options });
    } catch (error) {
      failure ??= error instanceof Fault ? error : undefined;
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { connection: 'close' }).end();
    }
  };
  return { url, listener: (incoming, response) => void forward(incoming, response), failure: () => failure };
}

/** The forges take a token as the password of any user. */
function basicCredentials(token: Secret): string {
  return `Basic ${Buffer.concat([Buffer.from('x-access-token:'), token.reveal()]).toString('base64')}`;
}
