import type { Secret } from '../../config/secrets.ts';

/** Where a store's data is. The URL of a PostgreSQL database may contain a password. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string | Secret };

/** The URL in plain text, for connecting; it must not be logged. */
export function revealDatabaseUrl(url: string | Secret): string {
  return typeof url === 'string' ? url : Buffer.from(url.reveal()).toString();
}
