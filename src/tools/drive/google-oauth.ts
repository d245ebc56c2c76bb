import type { Config } from '../../config/config.ts';
import { Fault } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';

export interface GoogleOauthDeps {
  readonly google: NonNullable<Config['tools']['drive']['google']>;
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  readonly endpoints: GoogleEndpoints;
}

/** Tokens that Google issues (RFC 6749 section 5.1). */
interface TokenResponse {
  readonly accessToken: string;
  readonly expiresInS: number;
  readonly refreshToken?: string;
  readonly scopes: readonly string[];
}

/** Google's token and revocation endpoints, for this server as a client. */
export interface GoogleOauth {
  /** @param code from the callback; usable once. @throws Fault FORBIDDEN when it is invalid or expired */
  exchange(code: string, verifier: string, redirectUri: string, signal: AbortSignal): Promise<TokenResponse>;
  /** @throws Fault FORBIDDEN when the user has revoked the permission */
  refresh(refreshToken: string, signal: AbortSignal): Promise<TokenResponse>;
  /** Revokes the permission. Succeeds if it no longer exists. */
  revoke(refreshToken: string, signal: AbortSignal): Promise<void>;
}

const FETCH_LIMITS = { maxBytes: 64 * 1024, idleMs: 20_000 };

export function createGoogleOauth({ google, outgoing, endpoints }: GoogleOauthDeps): GoogleOauth {
  const client = () => ({
    client_id: google.clientId,
    client_secret: Buffer.from(google.clientSecret.reveal()).toString(),
  });
  const post = async (url: string, form: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const send = outgoing.fetch(canonicalUri(url), { ...FETCH_LIMITS, signal });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    return await send(url, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  };
  /** @param invalid the fault when Google rejects the code or token */
  const grantFor = async (form: Readonly<Record<string, string>>, invalid: () => Fault, signal: AbortSignal) => {
    const response = await post(endpoints.token, { ...form, ...client() }, signal);
    if (!response.ok) throw await tokenFault(response, endpoints.token, invalid);
    return parseTokenResponse(await readJsonOrEmpty(response));
  };

  return {
    exchange: (code, verifier, redirectUri, signal) =>
      grantFor(
        { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri },
        invalidCodeFault,
        signal,
      ),
    refresh: (refreshToken, signal) =>
      grantFor({ grant_type: 'refresh_token', refresh_token: refreshToken }, reconnectFault, signal),
    async revoke(refreshToken, signal) {
      const response = await post(endpoints.revoke, { token: refreshToken }, signal);
      const { error } = await readJsonOrEmpty(response);
      // RFC 7009 section 2.2 treats an unknown token as revoked; Google rejects it.
      if (response.ok || error === 'invalid_token') return;
      throw statusFault(hostOf(endpoints.revoke), response.status, response.headers.get('retry-after'));
    },
  };
}

/** An empty object when the response is not a JSON object. */
async function readJsonOrEmpty(response: Response): Promise<JsonObject> {
  const text = await response.text();
  try {
    const json: unknown = JSON.parse(text);
    return isJsonObject(json) ? json : {};
  } catch {
    return {};
  }
}

function parseTokenResponse(json: JsonObject): TokenResponse {
  const { access_token: accessToken, expires_in: expiresInS, refresh_token: refreshToken, scope } = json;
  if (typeof accessToken !== 'string' || typeof expiresInS !== 'number') {
    throw new Fault('RESOURCE_UNREACHABLE', 'The response of Google has no access token. Try again later.');
  }
  return {
    accessToken,
    expiresInS,
    ...(typeof refreshToken === 'string' && { refreshToken }),
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
  };
}

/** RFC 6749 section 5.2. Google's description of the error is not passed on, because it may repeat the request. */
async function tokenFault(response: Response, url: string, invalid: () => Fault): Promise<Fault> {
  const { error } = await readJsonOrEmpty(response);
  if (error === 'invalid_grant') return invalid();
  if (error === 'invalid_client' || error === 'unauthorized_client' || error === 'redirect_uri_mismatch') {
    const message = `Google does not recognize this server (${error}). Ask the operator to check GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and PUBLIC_URL.`;
    return new Fault('FORBIDDEN', message);
  }
  return statusFault(hostOf(url), response.status, response.headers.get('retry-after'));
}

function invalidCodeFault(): Fault {
  const message =
    'Google rejected this code: it is valid once and only for a short time. Begin again with beginDriveConnection.';
  return new Fault('FORBIDDEN', message);
}

/** The connection is no longer valid; the message says how to connect again. */
export function reconnectFault(): Fault {
  return new Fault(
    'FORBIDDEN',
    'The connection to Google Drive is no longer valid. Connect again: open the URL that beginDriveConnection returns, then call finishDriveConnection.',
  );
}

function hostOf(url: string): string {
  return new URL(url).host;
}
