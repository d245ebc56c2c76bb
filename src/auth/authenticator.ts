import type { Fault } from '../core/errors.ts';
import type { Principal, SignedIn } from '../core/principal.ts';

export interface Session {
  readonly token: string;
  readonly expiresAt: Date;
  readonly principal: SignedIn;
}

/** What else is known of a caller. */
export interface CallerFacts {
  /** Token in the cookie of a session, which counts if there is no `Authorization`. The surface has checked that no other site sent it. */
  readonly session?: string | undefined;
  /** Address of the client, for the limit of wrong tokens. */
  readonly address?: string | undefined;
}

/** Authenticates callers. */
export interface Authenticator {
  /**
   * The principal of an `Authorization` header, a token or a session, with those of its roles that the account has today; anonymous
   * without any.
   * @throws Fault UNAUTHENTICATED; THROTTLED after too many wrong API tokens; UNAVAILABLE when the identity provider's keys cannot
   *   be read.
   */
  authenticate(authorization: string | undefined, facts?: CallerFacts): Promise<Principal>;
  /**
   * Calls back once when the principal's token is no longer valid, because it expired or was revoked or its account lost one of
   * the principal's roles, on whichever node.
   * Returns the function that cancels this.
   */
  onInvalid(principal: Principal, act: (reason: Fault) => void): () => void;
  /**
   * @param address of the client, for the rate limit.
   * @throws Fault UNAUTHENTICATED; THROTTLED with retryAfterMs; UNAVAILABLE when too many sign-ins run at once.
   */
  signIn(username: string, password: string, address: string): Promise<Session>;
  /**
   * Another token for the holder of one, which stays valid. Nothing that revokes the first token spares the second.
   * @throws Fault UNAUTHENTICATED when the first is not from a sign-in here, or that sign-in is `SESSION_HOURS` old
   */
  renew(principal: SignedIn): Promise<Session>;
  /**
   * Ends the sign-in or session that the caller's token is from, with all tokens and streams of it, on all nodes.
   * @throws Fault FORBIDDEN for an API token and for a token that was issued elsewhere
   */
  signOut(principal: SignedIn): Promise<void>;
}
