import type { AccessToken, AccessTokens } from '../core/accounts/access-tokens.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { SignedIn } from '../core/principal.ts';
import type { Authenticator } from './authenticator.ts';
import { principalOfToken } from './stored-tokens.ts';
import { minutesAfter } from './token.ts';
import { createTokenText, hashOfToken } from './token-text.ts';

/** Of one principal. Another one ends the oldest. */
const MAX_SESSIONS = 50;

/** By what a session starts: a password, or the token of an identity provider where one signs them. */
export type SignInCredentials = { readonly username: string; readonly password: string } | { readonly token: string };

/** Sessions of browsers, which hold their token in a cookie. */
export interface Sessions {
  /** @throws Fault UNAUTHENTICATED, THROTTLED, UNAVAILABLE, as a sign-in does; BAD_INPUT for a token where passwords are used */
  start(credentials: SignInCredentials, address: string): Promise<StartedSession>;
  /**
   * Extends a session that is used after half of its life, up to `SESSION_HOURS` after its start.
   * @returns its new end; undefined when nothing was extended
   */
  extendIfDue(token: string): Promise<Date | undefined>;
  /** Ends this session and its streams, on all nodes. Nothing happens when it has ended. */
  end(token: string): Promise<void>;
}

interface StartedSession {
  readonly token: string;
  readonly expiresAt: Date;
  readonly principal: SignedIn;
}

export function createSessions(deps: {
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'signIn'>;
  readonly accessTokens: Pick<AccessTokens, 'find' | 'create' | 'extend' | 'revoke'>;
  readonly clock: Clock;
  /** Life of a session that is not used. */
  readonly idleMinutes: number;
  readonly sessionHours: number;
  /** An identity provider issues the tokens. */
  readonly acceptsTokens: boolean;
}): Sessions {
  const { authenticator, accessTokens, clock, idleMinutes, sessionHours, acceptsTokens } = deps;
  const extending = new Set<string>();

  const find = (text: string): AccessToken | undefined => accessTokens.find(hashOfToken(text, 'SESSION') ?? '');

  const prove = async (credentials: SignInCredentials, address: string): Promise<SignedIn> => {
    if ('username' in credentials) {
      return (await authenticator.signIn(credentials.username, credentials.password, address)).principal;
    }
    if (!acceptsTokens) throw new Fault('BAD_INPUT', 'This server has passwords: send username and password.');
    const principal = await authenticator.authenticate(credentials.token, { address });
    if (principal.kind === 'anonymous') throw new Fault('UNAUTHENTICATED', 'The token is empty. Paste a token.');
    if (principal.kind === 'user' && !principal.accessToken) return principal;
    throw new Fault('UNAUTHENTICATED', 'An API token is for programs. Paste a token of the identity provider.');
  };

  return {
    async start(credentials, address) {
      const { subject, username, tenant, roles, ...proof } = await prove(credentials, address);
      const { issuedAt, expiresAt: tokenEnd } = proof.kind === 'user' ? proof : {};
      const createdAt = clock.now();
      // A password proves who they are for as long as sessions may last; a token, for as long as it is valid.
      const ends = [
        minutesAfter(createdAt, sessionHours * 60),
        ...('token' in credentials && tokenEnd ? [tokenEnd] : []),
      ];
      const latestEnd = earliest(ends);
      const expiresAt = earliest([minutesAfter(createdAt, idleMinutes), latestEnd]);
      const token: AccessToken & { readonly kind: 'SESSION' } = {
        ...{ id: newId('ses'), kind: 'SESSION', name: '', subject, username, tenant, roles },
        ...{ signedInAt: issuedAt ?? new Date(0), createdAt, expiresAt, latestEnd, lastUsedAt: null },
      };
      const text = createTokenText('SESSION');
      await accessTokens.create(token, hashOfToken(text, 'SESSION') as string, MAX_SESSIONS);
      return { token: text, expiresAt, principal: principalOfToken(token) };
    },
    async extendIfDue(text) {
      const session = find(text);
      if (session?.kind !== 'SESSION' || extending.has(session.id)) return undefined;
      const now = clock.now();
      const expiresAt = earliest([minutesAfter(now, idleMinutes), session.latestEnd]);
      const isDue = session.expiresAt <= minutesAfter(now, idleMinutes / 2) && session.expiresAt < expiresAt;
      if (!isDue || session.expiresAt <= now) return undefined;
      extending.add(session.id);
      try {
        await accessTokens.extend(session.id, expiresAt);
      } finally {
        extending.delete(session.id);
      }
      return expiresAt;
    },
    async end(text) {
      const session = find(text);
      if (session) await accessTokens.revoke(session, session.id, clock.now());
    },
  };
}

function earliest(times: readonly Date[]): Date {
  return new Date(Math.min(...times.map((time) => time.getTime())));
}
