import type { User } from './principal.ts';

export interface Account extends User {
  /** scrypt, in the format of auth/password.ts. */
  readonly passwordHash: string;
}

/** Accounts that sign in with a password. */
export interface Accounts {
  find(username: string): Promise<Account | undefined>;
  /** Adds the account, or replaces the one with the same user name. */
  put(account: Account): Promise<void>;
}

/** Secrets from other services, such as OAuth tokens; the caller seals them before storing. */
export interface Credentials {
  find(tenant: string, subject: string, name: string): Promise<Uint8Array | undefined>;
  put(tenant: string, subject: string, name: string, sealed: Uint8Array): Promise<void>;
  remove(tenant: string, subject: string, name: string): Promise<boolean>;
}
