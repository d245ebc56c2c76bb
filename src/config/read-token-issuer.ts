import type { Config, TokenIssuer } from './config.ts';
import { readWebUrl } from './read-network.ts';
import { MIN_KEY_BYTES, readSecret } from './secrets.ts';
import type { EnvironmentReader } from './variables.ts';

/**
 * The issuer of tokens. Undefined in development without a setting: then the server creates a secret.
 * @param privateHosts hosts whose keys may be read without TLS.
 */
export function readTokenIssuer(
  read: EnvironmentReader,
  mode: Config['mode'],
  privateHosts: readonly string[],
): TokenIssuer | undefined {
  const secret = readSecret(read, 'JWT_SECRET', mode === 'development' ? 1 : MIN_KEY_BYTES);
  const previous = readSecret(read, 'JWT_PREVIOUS_SECRET', mode === 'development' ? 1 : MIN_KEY_BYTES);
  const [url, issuer, audience] = [readWebUrl(read, 'JWKS_URL'), read.text('JWT_ISSUER'), read.text('JWT_AUDIENCE')];
  const wantsKeys = [read.text('JWKS_URL'), issuer, audience].some((value) => value !== undefined);
  const hasSecret = read.text('JWT_SECRET') !== undefined || read.text('JWT_SECRET_FILE') !== undefined;

  if (previous && !hasSecret) {
    read.addProblem('JWT_PREVIOUS_SECRET', 'has no effect without JWT_SECRET; set both or neither');
  }
  if (wantsKeys && hasSecret) {
    read.addProblem('JWT_SECRET', 'set either JWT_SECRET, or JWKS_URL with JWT_ISSUER and JWT_AUDIENCE, not both');
  } else if (wantsKeys) {
    if (read.text('JWKS_URL') === undefined) read.addProblem('JWKS_URL', 'write the URL of the key set (RFC 7517)');
    if (url !== undefined && !isSafeKeySetUrl(url, privateHosts))
      read.addProblem('JWKS_URL', 'use https, or list its host:port in ALLOWED_PRIVATE_HOSTS');
    if (issuer === undefined) read.addProblem('JWT_ISSUER', 'write the "iss" claim that tokens must have');
    if (audience === undefined) read.addProblem('JWT_AUDIENCE', 'write the "aud" claim that tokens must have');
    if (url && issuer && audience) return { kind: 'jwks', url, issuer, audience };
  } else if (!hasSecret && mode === 'production') {
    read.addProblem('JWT_SECRET', `set it (at least ${MIN_KEY_BYTES} bytes), or JWKS_URL, JWT_ISSUER and JWT_AUDIENCE`);
  }
  return secret && { kind: 'secret', secret, ...(previous && { previous }) };
}

/** An attacker who can modify the keys in transit could issue tokens for everyone. */
function isSafeKeySetUrl(href: string, privateHosts: readonly string[]): boolean {
  const url = new URL(href);
  return url.protocol === 'https:' || privateHosts.includes(`${url.hostname}:${url.port || '80'}`);
}
