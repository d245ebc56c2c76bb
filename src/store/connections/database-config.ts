import type { Secret } from '../../config/secrets.ts';

/** Where a store lies. The URL of a PostgreSQL database may hold a password. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string | Secret };

/** The URL in the clear, to connect with; never to be logged. */
export function revealDatabaseUrl(url: string | Secret): string {
  return typeof url === 'string' ? url : Buffer.from(url.reveal()).toString();
}
