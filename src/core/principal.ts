/** A name that policy rules are written for. */
export type Role = string;

/** Somebody who signed in. Plain JSON: a run keeps it. */
export interface User {
  readonly subject: string;
  readonly username: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
}

export type Principal =
  | { readonly kind: 'anonymous' }
  | ({ readonly kind: 'user'; readonly expiresAt?: Date } & User)
  | ({ readonly kind: 'system'; readonly reason: 'schedule' | 'recovery' | 'compensation' } & User);

export type SignedIn = Exclude<Principal, { kind: 'anonymous' }>;

export const anonymous: Principal = { kind: 'anonymous' };

export const DEFAULT_TENANT = 'default';

/**
 * How far somebody sees: one tenant, and in it either everything or only what `subject` started.
 * Every read of the store takes one, so that none can forget to ask.
 */
export interface Scope {
  readonly tenant: string;
  readonly subject?: string;
}
