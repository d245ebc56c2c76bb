import type { AccessToken, AccessTokens, TokenOwner } from '../core/accounts/access-tokens.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Role, SignedIn } from '../core/principal.ts';
import type { Page, PageArgs } from '../core/store-reader.ts';
import { createTokenText, hashOfToken } from './token-text.ts';

/** Of one principal. */
const MAX_API_TOKENS = 100;
const MAX_NAME_LENGTH = 100;
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

interface ApiTokenRequest {
  /** 1 to 100 characters. */
  readonly name: string;
  /** At least one, all of the owner's own. */
  readonly roles: readonly Role[];
  /** Default: in 90 days, or the maximum if that is less. */
  readonly expiresAt?: Date | undefined;
}

/** Tokens for programs, which act for their owner with some of the owner's roles. */
export interface ApiTokens {
  /**
   * @returns the token, whose text is never shown again
   * @throws Fault BAD_INPUT; FORBIDDEN for a caller with an API token; CONFLICT when the owner has too many
   */
  create(owner: SignedIn, request: ApiTokenRequest): Promise<{ readonly text: string; readonly token: AccessToken }>;
  /** Ends the token and its streams, on all nodes. Undefined when the owner has none with this id. */
  revoke(owner: TokenOwner, id: string): Promise<AccessToken | undefined>;
  /** Newest first. */
  list(owner: TokenOwner, page: PageArgs): Promise<Page<AccessToken>>;
}

export function createApiTokens(deps: {
  readonly accessTokens: Pick<AccessTokens, 'create' | 'revoke' | 'list'>;
  readonly clock: Clock;
  readonly maxDays: number;
}): ApiTokens {
  const { accessTokens, clock, maxDays } = deps;
  return {
    async create(owner, { name, roles, expiresAt }) {
      if (isApiTokenHolder(owner)) {
        throw new Fault('FORBIDDEN', 'An API token cannot create another one. Sign in to create it.');
      }
      checkName(name);
      checkRoles(owner, roles);
      const createdAt = clock.now();
      const latestEnd = new Date(createdAt.getTime() + maxDays * DAY_MS);
      const end = expiresAt ?? new Date(createdAt.getTime() + Math.min(DEFAULT_DAYS, maxDays) * DAY_MS);
      checkEnd(end, createdAt, latestEnd, maxDays);
      const { subject, username, tenant } = owner;
      const signedInAt = (owner.kind === 'user' && owner.issuedAt) || new Date(0);
      const token: AccessToken = {
        ...{ id: newId('tok'), kind: 'API', name, subject, username, tenant, roles: [...new Set(roles)] },
        ...{ signedInAt, createdAt, expiresAt: end, latestEnd: end, lastUsedAt: null },
      };
      const text = createTokenText('API');
      await accessTokens.create(token, hashOfToken(text, 'API') as string, MAX_API_TOKENS);
      return { text, token };
    },
    revoke: (owner, id) => accessTokens.revoke(owner, id, clock.now()),
    list: (owner, page) => accessTokens.list(owner, page),
  };
}

/** Whether the caller is a program that holds a token, not a person who signed in. */
export function isApiTokenHolder(caller: SignedIn): boolean {
  return caller.kind === 'user' && caller.accessToken?.kind === 'API';
}

function checkName(name: string): void {
  if (name.length <= MAX_NAME_LENGTH && /^(?! )[^\p{C}]+(?<! )$/u.test(name)) return;
  const message = `name must have 1 to ${MAX_NAME_LENGTH} characters, without control characters. Say where the token is used.`;
  throw new Fault('BAD_INPUT', message, { path: ['input', 'name'] });
}

function checkRoles(owner: SignedIn, roles: readonly Role[]): void {
  const foreign = roles.find((role) => !owner.roles.includes(role));
  if (roles.length > 0 && foreign === undefined) return;
  const problem = foreign === undefined ? 'A token needs a role.' : `You do not have the role ${foreign}.`;
  throw new Fault('BAD_INPUT', `${problem} Choose among your roles: ${owner.roles.join(', ') || 'you have none'}.`, {
    path: ['input', 'roles'],
  });
}

function checkEnd(end: Date, now: Date, latest: Date, maxDays: number): void {
  if (maxDays === 0) throw new Fault('FORBIDDEN', 'This server has no API tokens (API_TOKEN_MAX_DAYS=0).');
  if (end > now && end <= latest) return;
  const message = `expiresAt must be in the future, and at most ${maxDays} days from now (API_TOKEN_MAX_DAYS).`;
  throw new Fault('BAD_INPUT', message, { path: ['input', 'expiresAt'] });
}
