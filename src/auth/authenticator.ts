import type { Fault } from '../core/errors.ts';
import type { Principal, SignedIn } from '../core/principal.ts';

export interface Session {
  readonly token: string;
  readonly expiresAt: Date;
  readonly principal: SignedIn;
}

/** Authenticates callers. */
export interface Authenticator {
  /**
   * The principal of an `Authorization` header or a token; anonymous without one.
   * @throws Fault UNAUTHENTICATED; UNAVAILABLE when the identity provider's keys cannot be read.
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
  /**
   * Calls back once when the principal's token is no longer valid, because it expired or was revoked, on whichever node.
   * Returns the function that cancels this.
   */
  onInvalid(principal: Principal, act: (reason: Fault) => void): () => void;
  /**
   * @param address of the client, for the rate limit.
   * @throws Fault UNAUTHENTICATED; THROTTLED with retryAfterMs; UNAVAILABLE when too many sign-ins run at once.
   */
  signIn(username: string, password: string, address: string): Promise<Session>;
}
