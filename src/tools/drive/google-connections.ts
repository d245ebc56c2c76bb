import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Sealer } from '../../auth/sealer.ts';
import type { Credentials } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import type { User } from '../../core/principal.ts';
import { awaitOrAbort, retry } from '../shared/retry.ts';
import { type GoogleOauth, reconnectFault } from './google-oauth.ts';

export interface GoogleConnectionsDeps {
  readonly oauth: GoogleOauth;
  readonly credentials: Credentials;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** Connected Drives and their tokens. */
export interface GoogleConnections {
  /** @returns the refresh token; undefined when the user has no connection. @throws Fault FORBIDDEN when it cannot be decrypted */
  find(user: User): Promise<string | undefined>;
  save(user: User, refreshToken: string): Promise<void>;
  /** @returns false when there was no connection */
  remove(user: User): Promise<boolean>;
  /**
   * A valid access token; concurrent calls share one refresh.
   * @param refused a token that Google rejected before it expired
   * @throws Fault FORBIDDEN when the connection is no longer valid
   */
  accessToken(refreshToken: string, signal: AbortSignal, refused?: string): Promise<string>;
}

interface CachedAccessToken {
  readonly text: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

const CREDENTIAL_NAME = 'google-drive';
/** So that no token expires in transit. */
const EXPIRY_MARGIN_MS = 60_000;
const REFRESH_TIMEOUT_MS = 30_000;
const MAX_CACHED_TOKENS = 1_000;

/**
 * Only the refresh token is stored, sealed for its principal; access tokens live an hour and stay in memory, keyed by the
 * digest of the refresh token: after connecting another account, tokens of the earlier one are not used.
 */
export function createGoogleConnections({
  oauth,
  credentials,
  sealer,
  clock,
}: GoogleConnectionsDeps): GoogleConnections {
  const tokens = new LRUCache<string, Promise<CachedAccessToken>>({ max: MAX_CACHED_TOKENS });

  const refresh = async (refreshToken: string): Promise<CachedAccessToken> => {
    // Several callers wait for this refresh, so none can cancel it.
    const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS);
    const get = () => oauth.refresh(refreshToken, signal);
    const { accessToken, expiresInS } = await retry(get, { signal, maxAttempts: 4, backoffMs: 500 });
    return { text: accessToken, expiresAt: clock.now().getTime() + expiresInS * 1_000 - EXPIRY_MARGIN_MS };
  };
  const find = async ({ tenant, subject }: User) => {
    const sealed = await credentials.find(tenant, subject, CREDENTIAL_NAME);
    if (!sealed) return undefined;
    const opened = sealer.open([CREDENTIAL_NAME, tenant, subject], sealed);
    // Sealed with a key that this server no longer has.
    if (!opened) throw reconnectFault();
    return Buffer.from(opened).toString();
  };

  return {
    find,
    async save({ tenant, subject }, refreshToken) {
      await credentials.put(
        tenant,
        subject,
        CREDENTIAL_NAME,
        sealer.seal([CREDENTIAL_NAME, tenant, subject], Buffer.from(refreshToken)),
      );
    },
    remove: ({ tenant, subject }) => credentials.remove(tenant, subject, CREDENTIAL_NAME),
    async accessToken(refreshToken, signal, refused) {
      const key = createHash('sha256').update(refreshToken).digest('base64');
      const cached = tokens.get(key);
      const token = cached && (await awaitOrAbort(cached, signal).catch(() => undefined));
      if (token && token.expiresAt > clock.now().getTime() && token.text !== refused) return token.text;
      // The first caller refreshes, and the others wait for that.
      if (tokens.get(key) === cached) tokens.set(key, refresh(refreshToken));
      return (await awaitOrAbort(tokens.get(key) ?? refresh(refreshToken), signal)).text;
    },
  };
}
