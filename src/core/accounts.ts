import type { User } from './principal.ts';

export interface Account extends User {
  /** scrypt, in the form that auth/password.ts writes. */
  readonly passwordHash: string;
}

/** Accounts that sign in with a password. */
export interface Accounts {
  find(username: string): Promise<Account | undefined>;
  /** Adds the account, or replaces the one with the same user name. */
  put(account: Account): Promise<void>;
}

/** Secrets that this server got from others, such as OAuth tokens; sealed by whoever puts them here. */
export interface Credentials {
  find(tenant: string, subject: string, name: string): Promise<Uint8Array | undefined>;
  put(tenant: string, subject: string, name: string, sealed: Uint8Array): Promise<void>;
  remove(tenant: string, subject: string, name: string): Promise<boolean>;
}
