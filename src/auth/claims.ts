import type { JWTPayload } from 'jose';
import { Fault } from '../core/errors.ts';
import { DEFAULT_TENANT, type Principal } from '../core/principal.ts';

export type UserPrincipal = Extract<Principal, { kind: 'user' }> & { readonly expiresAt: Date };

const MAX_ROLES = 100;
/** The last second that a Date can hold. */
const MAX_DATE_SECONDS = 8_640_000_000_000;
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** No control characters, nothing invisible, no comma, because a role is a column of the policy. */
const ROLE = /^(?! )[^\p{C},]{1,128}(?<! )$/u;
const NAME = /^(?! )[^\p{C}]{1,256}(?<! )$/u;

/**
 * The principal of verified claims (docs/configuration.md lists them). Deeply frozen.
 * @throws Fault UNAUTHENTICATED when a claim is not valid.
 */
export function principalOf(claims: JWTPayload): UserPrincipal {
  const subject = text('sub', claims.sub, NAME);
  const name = claims.preferred_username === undefined ? 'username' : 'preferred_username';
  const exp = claims.exp;
  if (exp === undefined || !(exp > 0 && exp < MAX_DATE_SECONDS)) throw malformedClaim('exp', 'a time in seconds');
  const iat = claims.iat;
  if (iat !== undefined && !(iat >= 0 && iat < MAX_DATE_SECONDS)) throw malformedClaim('iat', 'a time in seconds');
  return Object.freeze({
    kind: 'user',
    subject,
    username: text(name, claims[name] ?? subject, NAME),
    tenant: text('tenant', claims.tenant ?? DEFAULT_TENANT, TENANT),
    roles: roles(claims.roles ?? []),
    ...(iat !== undefined && { issuedAt: new Date(Math.round(iat * 1000)) }),
    expiresAt: new Date(exp * 1000),
  });
}

function text(claim: string, value: unknown, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw malformedClaim(claim, 'a text of ordinary characters');
  return value;
}

function roles(value: unknown): readonly string[] {
  const wellFormed = Array.isArray(value) && value.length <= MAX_ROLES && value.every((role) => ROLE.test(role));
  if (!wellFormed || !value.every((role) => typeof role === 'string'))
    throw malformedClaim('roles', 'an array of role names');
  return Object.freeze([...new Set<string>(value)]);
}

function malformedClaim(claim: string, expected: string): Fault {
  return new Fault(
    'UNAUTHENTICATED',
    `The token's claim "${claim}" is not ${expected}. Use a token with a valid claim.`,
  );
}
