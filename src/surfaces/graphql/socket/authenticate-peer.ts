import { Fault } from '../../../core/errors.ts';
import { whenExpired } from '../request/caller.ts';
import { createCounts, principalKey } from '../request/concurrency-limit.ts';
import type { GraphqlApp } from '../request/context.ts';
import { closePeer, FORBIDDEN, type Peer, TRY_AGAIN_LATER } from './peer.ts';
import type { SocketLimits } from './socket-limits.ts';

export const TOKEN_EXPIRED = 'token expired';

/** Finds out who a peer is, from its `connection_init` or its handshake. Who is not welcome is closed with the reason. */
export type ConnectPeer = (peer: Peer, params: unknown) => Promise<void>;

export function createConnectPeer(app: GraphqlApp, limits: SocketLimits): ConnectPeer {
  const ofPrincipal = createCounts(limits.socketsOfPrincipal);
  return async (peer, params) => {
    const { req, info, gone } = peer;
    try {
      const principal = await app.authenticator.authenticate(authorizationOf(params) ?? req.headers.authorization);
      if (gone.signal.aborted) return;
      if (principal.kind !== 'anonymous') {
        const release = ofPrincipal.take(principalKey(principal));
        if (!release) {
          const most = limits.socketsOfPrincipal;
          closePeer(peer, TRY_AGAIN_LATER, `One user has at most ${most} sockets; close another one.`);
          return;
        }
        const forget = whenExpired(principal, app.clock, () => closePeer(peer, FORBIDDEN, TOKEN_EXPIRED));
        gone.signal.addEventListener('abort', release, { once: true });
        gone.signal.addEventListener('abort', forget, { once: true });
      }
      peer.caller = { ...info, principal };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      closePeer(peer, error.code === 'UNAUTHENTICATED' ? FORBIDDEN : TRY_AGAIN_LATER, error.message);
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
