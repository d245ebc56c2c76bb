import type { User } from '../principal.ts';
import type { Page, PageArgs } from '../store-reader.ts';

/** Of a session in a browser, or of a program. */
export type AccessTokenKind = 'SESSION' | 'API';

/** A token of which the server keeps only the hash; or a sign-out, which refuses the tokens of one sign-in until they have expired. */
export interface AccessToken extends User {
  readonly id: string;
  readonly kind: AccessTokenKind | 'SIGN_OUT';
  /** Chosen by its owner; empty for the other kinds. */
  readonly name: string;
  /** When its owner proved who they are: a revocation of earlier tokens covers everything that came from that sign-in. */
  readonly signedInAt: Date;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** No extension goes further. */
  readonly latestEnd: Date;
  /** To about ten minutes; null until it was used. */
  readonly lastUsedAt: Date | null;
}

/** Whose tokens: of one principal, or of a tenant. */
export interface TokenOwner {
  readonly tenant: string;
  readonly subject?: string;
}

/** The tokens in force, on every node. */
export interface AccessTokens {
  /**
   * The token with this hash, from memory. A change by any process counts after at most `STANDING_DELAY_MS`, unless the database
   * cannot be reached. It may have expired.
   */
  find(hash: string): AccessToken | undefined;
  /** The same by id; undefined once it is revoked. */
  byId(id: string): AccessToken | undefined;
  /** Calls the listener when the token was revoked or extended; returns the function that unsubscribes. */
  watch(id: string, listener: () => void): () => void;
  /**
   * @param limit of tokens of this kind and principal: beyond it, the oldest sessions end
   * @throws Fault CONFLICT when the principal has as many API tokens or sign-outs already
   */
  create(token: AccessToken, hash: string, limit: number): Promise<void>;
  extend(id: string, expiresAt: Date): Promise<void>;
  /** @returns the token that was revoked; undefined when the owner has none with this id */
  revoke(owner: TokenOwner, id: string, at: Date): Promise<AccessToken | undefined>;
  /** Stores when it was used, unless that was done in the last ten minutes. */
  recordUse(token: AccessToken, at: Date): void;
  /** API tokens that are neither revoked nor removed, newest first; expired ones for a day. */
  list(owner: TokenOwner, page: PageArgs): Promise<Page<AccessToken>>;
}
