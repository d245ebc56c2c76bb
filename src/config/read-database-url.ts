import { readSecret, type Secret } from './secrets.ts';
import type { Variables } from './variables.ts';

/** The PostgreSQL database, a secret because of its password; undefined when the variable is unset. */
export function readDatabaseUrl(read: Variables, name: string): Secret | undefined {
  const secret = readSecret(read, name, 1);
  if (secret && !isPostgresUrl(Buffer.from(secret.reveal()).toString())) {
    read.problem(name, 'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded');
  }
  return secret;
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hash } = new URL(text);
  return ['postgres:', 'postgresql:'].includes(protocol) && pathname.length > 1 && hash === '';
}
