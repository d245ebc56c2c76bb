import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { TokenIssuer } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import type { User } from '../core/principal.ts';
import { principalOf, type UserPrincipal } from './claims.ts';

/** Fetches the key set, through the same guarded connections as all outgoing requests. */
export type FetchKeys = FetchImplementation;

/** Issues a token. */
export type IssueToken = (
  user: User,
  times: {
    /** When the user was read from the accounts: revocations compare this time. */
    readonly signedInAt: Date;
    readonly issuedAt: Date;
    /** Rounded down to a second. */
    readonly expiresAt: Date;
  },
) => Promise<{ readonly token: string; readonly expiresAt: Date }>;

/** When the holder signed in, in seconds: only in tokens of this server, and kept when they are renewed. */
const SIGNED_IN_CLAIM = 'signed_in';

export interface Tokens {
  /**
   * Checks signature, algorithm, times and claims.
   * @throws Fault UNAUTHENTICATED; UNAVAILABLE when the identity provider's keys cannot be read.
   */
  verify(token: string): Promise<UserPrincipal>;
  /** Undefined when an identity provider issues the tokens. */
  readonly issue?: IssueToken;
}

/** Tolerance for the clocks of the identity provider and of other nodes, in seconds. */
export const CLOCK_SKEW_S = 5;
/** Errors of jose that concern the key set, not the token. */
const KEY_SET_FAILURES = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JWK_INVALID']);

/** Tokens as JWT (RFC 7519). The accepted algorithms are fixed here and never taken from the token (RFC 8725, 3.1). */
export function createTokens(issuer: TokenIssuer, clock: Clock, fetchKeys?: FetchKeys): Tokens {
  return issuer.kind === 'secret'
    ? secretTokens(issuer.secret.reveal(), clock, issuer.previous?.reveal())
    : keySetTokens(issuer, clock, fetchKeys);
}

function secretTokens(secret: Uint8Array, clock: Clock, previous?: Uint8Array): Tokens {
  const options: JWTVerifyOptions = { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] };
  const verifySigned = async (token: string) => {
    const at = { ...options, currentDate: clock.now() };
    try {
      return await jwtVerify(token, secret, at);
    } catch (error) {
      if (!previous || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      return jwtVerify(token, previous, at);
    }
  };
  return {
    async verify(token) {
      try {
        const { payload } = await verifySigned(token);
        return withSignIn(issuedBefore(clock, principalOf(payload)), payload[SIGNED_IN_CLAIM]);
      } catch (error) {
        throw error instanceof errors.JOSEError ? invalidToken(error) : error;
      }
    },
    async issue(user, { signedInAt, issuedAt, expiresAt }) {
      const expires = Math.floor(expiresAt.getTime() / 1000);
      const token = await new SignJWT({
        preferred_username: user.username,
        tenant: user.tenant,
        roles: [...user.roles],
        // With milliseconds, so that a token of the second of a revocation is either older or newer than it.
        [SIGNED_IN_CLAIM]: signedInAt.getTime() / 1000,
      })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(user.subject)
        .setIssuedAt(issuedAt.getTime() / 1000)
        .setExpirationTime(expires)
        .sign(secret);
      return { token, expiresAt: new Date(expires * 1000) };
    },
  };
}

function keySetTokens(issuer: Extract<TokenIssuer, { kind: 'jwks' }>, clock: Clock, fetchKeys?: FetchKeys): Tokens {
  const keys = createRemoteJWKSet(new URL(issuer.url), fetchKeys && { [customFetch]: fetchKeys });
  const options: JWTVerifyOptions = {
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    issuer: issuer.issuer,
    audience: issuer.audience,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_SKEW_S,
  };
  return {
    async verify(token) {
      try {
        const payload = await verifyByKeySet(token, keys, { ...options, currentDate: clock.now() });
        return issuedBefore(clock, principalOf(payload));
      } catch (error) {
        if (error instanceof Fault) throw error;
        if (error instanceof errors.JOSEError && !KEY_SET_FAILURES.has(error.code)) throw invalidToken(error);
        const message = "The identity provider's keys cannot be read. Try again in a moment.";
        throw new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000, cause: error });
      }
    },
  };
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/**
 * `kid` is a hint (RFC 7515, section 4.1.4): without it every key of the algorithm is tried, and after a rotation the set is
 * read again; keys without an id are tried for every token whose `kid` is not in the set.
 * @throws JOSEError
 */
async function verifyByKeySet(token: string, keys: KeySet, options: JWTVerifyOptions): Promise<JWTPayload> {
  let kid: string | undefined;
  const candidates = async (header: JWTHeaderParameters) => {
    ({ kid } = header);
    try {
      return await keys(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || kid === undefined) throw error;
      const unnamed = (keys.jwks()?.keys ?? []).filter((key) => key.kid === undefined);
      return createLocalJWKSet({ keys: unnamed })({ alg: header.alg });
    }
  };
  const attempt = async (): Promise<JWTPayload> => {
    try {
      return (await jwtVerify(token, candidates, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      let failure: errors.JOSEError = new errors.JWKSNoMatchingKey();
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload;
        } catch (mismatch) {
          if (!(mismatch instanceof errors.JWSSignatureVerificationFailed)) throw mismatch;
          failure = mismatch;
        }
      }
      throw failure;
    }
  };
  try {
    return await attempt();
  } catch (error) {
    const isRotated = error instanceof errors.JWSSignatureVerificationFailed && kid === undefined && !keys.coolingDown;
    if (!isRotated) throw error;
    await keys.reload();
    return await attempt();
  }
}

export function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}

function invalidToken(error: errors.JOSEError): Fault {
  if (error instanceof errors.JWTExpired) return new Fault('UNAUTHENTICATED', 'The token has expired. Sign in again.');
  // jose names the claim or part that is not valid, and quotes nothing of the token.
  return new Fault('UNAUTHENTICATED', `The token is not valid: ${error.message}. Sign in again.`, { cause: error });
}

/** A token that was renewed counts as issued when its holder signed in, so that a revocation covers it. */
function withSignIn(principal: UserPrincipal, signedIn: unknown): UserPrincipal {
  if (typeof signedIn !== 'number' || !principal.issuedAt) return principal;
  const issuedAt = new Date(Math.min(Math.round(signedIn * 1000), principal.issuedAt.getTime()));
  return Object.freeze({ ...principal, issuedAt, signedInHere: true as const });
}

/** A token from the future would outlive every revocation. @throws Fault UNAUTHENTICATED */
function issuedBefore(clock: Clock, principal: UserPrincipal): UserPrincipal {
  const latest = clock.now().getTime() + CLOCK_SKEW_S * 1000;
  if (principal.issuedAt === undefined || principal.issuedAt.getTime() <= latest) return principal;
  const message = `The token's claim "iat" is more than ${CLOCK_SKEW_S} s in the future. Set the clock of its issuer.`;
  throw new Fault('UNAUTHENTICATED', message);
}
