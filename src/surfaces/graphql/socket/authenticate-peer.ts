import { Fault } from '../../../core/errors.ts';
import { createConcurrencyLimit, principalKey } from '../request/concurrency-limit.ts';
import type { GraphqlApp } from '../request/context.ts';
import { CLOSE_FORBIDDEN, CLOSE_TRY_AGAIN_LATER, closePeer, type Peer } from './peer.ts';
import type { SocketLimits } from './socket-limits.ts';

/** Finds out who a peer is, from its `connection_init` or its handshake. Who is not welcome is closed with the reason. */
export type AuthenticatePeer = (peer: Peer, params: unknown) => Promise<void>;

export function createPeerAuthenticator(app: GraphqlApp, limits: SocketLimits): AuthenticatePeer {
  const ofPrincipal = createConcurrencyLimit(limits.maxSocketsPerPrincipal);
  return async (peer, params) => {
    const { req, info, closed: gone } = peer;
    try {
      const principal = await app.authenticator.authenticate(
        authorizationOf(params) ?? req.headers.authorization,
        info,
      );
      if (gone.signal.aborted) return;
      if (principal.kind !== 'anonymous') {
        const release = ofPrincipal.acquire(principalKey(principal));
        if (!release) {
          const most = limits.maxSocketsPerPrincipal;
          closePeer(peer, CLOSE_TRY_AGAIN_LATER, `One user has at most ${most} sockets; close another one.`);
          return;
        }
        const forget = app.authenticator.onInvalid(principal, ({ message }) =>
          closePeer(peer, CLOSE_FORBIDDEN, message),
        );
        gone.signal.addEventListener('abort', release, { once: true });
        gone.signal.addEventListener('abort', forget, { once: true });
      }
      peer.caller = { ...info, principal };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      closePeer(peer, error.code === 'UNAUTHENTICATED' ? CLOSE_FORBIDDEN : CLOSE_TRY_AGAIN_LATER, error.message);
    }
  };
}

/** A token in `connection_init`: `{"Authorization": "Bearer …"}` or `{"token": "…"}`. */
function authorizationOf(params: unknown): string | undefined {
  const { Authorization, authorization, token }: Record<string, unknown> = Object(params);
  const header = Authorization ?? authorization;
  if (typeof header === 'string') return header;
  return typeof token === 'string' && token !== '' ? `Bearer ${token}` : undefined;
}
