/** A name that policy rules refer to. */
export type Role = string;

/** An authenticated user. Plain JSON, because it is stored with the run. */
export interface User {
  readonly subject: string;
  readonly username: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
}

/**
 * A user, with the authors of what is done for them: of a saved workflow, or of the run that is repeated. Whatever is
 * done needs the permission of all of them.
 */
export interface Actor extends User {
  readonly authors?: readonly User[];
}

export type Principal =
  | { readonly kind: 'anonymous' }
  /** With the times of its token, and which one that is if the server keeps it. */
  | ({
      readonly kind: 'user';
      /** Of a token that came from another: when its owner signed in. */
      readonly issuedAt?: Date;
      readonly expiresAt?: Date;
      /** Its token is from a sign-in at this server. */
      readonly signedInHere?: true;
      readonly accessToken?: { readonly id: string; readonly kind: 'SESSION' | 'API' };
    } & User)
  | ({ readonly kind: 'system'; readonly reason: 'schedule' | 'webhook' | 'recovery' | 'compensation' } & User);

export type SignedIn = Exclude<Principal, { kind: 'anonymous' }>;

export const anonymous: Principal = { kind: 'anonymous' };

export const DEFAULT_TENANT = 'default';

/**
 * What a caller may see: one tenant, and in it either everything or only what `subject` started.
 * Every read of the store requires a scope, so that no read can omit the check.
 */
export interface Scope {
  readonly tenant: string;
  readonly subject?: string;
}
