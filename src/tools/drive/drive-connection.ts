import { createHash, randomBytes } from 'node:crypto';
import type { Sealer } from '../../auth/sealer.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';
import type { GoogleConnections } from './google-connections.ts';
import { type GoogleEndpoints, OAUTH_SCOPES } from './google-endpoints.ts';
import type { GoogleOauth } from './google-oauth.ts';

export interface DriveConnectionDeps {
  readonly clientId: string;
  readonly oauth: GoogleOauth;
  readonly connections: GoogleConnections;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly endpoints: GoogleEndpoints;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/** Connects a user's Google Drive to this server, and disconnects it. */
export interface DriveConnection {
  /** @returns the URL to open in a browser; its answer is valid for ten minutes, for this user only. */
  begin(user: User): { readonly url: string };
  /**
   * @param answer as the callback page shows it
   * @throws Fault FORBIDDEN when another user began, or Google does not grant the permission; BAD_INPUT
   */
  finish(user: User, answer: { readonly code: string; readonly state: string }, signal: AbortSignal): Promise<void>;
  /** Revokes the permission and deletes it. @returns false when there was no connection */
  disconnect(user: User, signal: AbortSignal): Promise<boolean>;
}

/** Content of the sealed state: no node needs to remember which user began. */
interface OauthState {
  readonly tenant: string;
  readonly subject: string;
  readonly verifier: string;
  /** In milliseconds since 1970. */
  readonly expires: number;
}

const STATE_SEAL_PURPOSE = ['google-drive state'];
const STATE_TTL_MS = 10 * 60_000;

/** Path, below PUBLIC_URL, of the page that shows Google's answer. */
const CALLBACK_PATH = '/oauth/drive';

/** Authorization code flow (RFC 6749 section 4.1) with PKCE (RFC 7636, S256). */
export function createDriveConnection(deps: DriveConnectionDeps): DriveConnection {
  const redirectUri = `${deps.publicUrl}${CALLBACK_PATH}`;

  return {
    begin({ tenant, subject }) {
      const verifier = randomBytes(32).toString('base64url');
      const oauthState: OauthState = { tenant, subject, verifier, expires: deps.clock.now().getTime() + STATE_TTL_MS };
      const url = new URL(deps.endpoints.authorize);
      const parameters: Readonly<Record<string, string>> = {
        client_id: deps.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: OAUTH_SCOPES.join(' '),
        state: Buffer.from(deps.sealer.seal(STATE_SEAL_PURPOSE, Buffer.from(JSON.stringify(oauthState)))).toString(
          'base64url',
        ),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        // Without both, Google returns a refresh token only the first time.
        access_type: 'offline',
        prompt: 'consent',
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { url: url.href };
    },

    async finish(user, { code, state }, signal) {
      const { verifier } = verifyState(readState(deps.sealer, state), user, deps.clock);
      const grant = await deps.oauth.exchange(code, verifier, redirectUri, signal);
      // Not revoked: that would also revoke an earlier permission of the same account, which may be in use.
      if (grant.refreshToken === undefined || !OAUTH_SCOPES.every((scope) => grant.scopes.includes(scope))) {
        throw new Fault(
          'FORBIDDEN',
          'Not all requested permissions were granted. Begin again, and select every permission at Google.',
        );
      }
      await deps.connections.save(user, grant.refreshToken);
    },

    async disconnect(user, signal) {
      const token = await deps.connections.find(user).catch(() => undefined);
      // At Google first: when that fails, it can be repeated.
      if (token !== undefined) await deps.oauth.revoke(token, signal);
      return await deps.connections.remove(user);
    },
  };
}

function readState(sealer: Sealer, state: string): OauthState {
  const opened = sealer.open(STATE_SEAL_PURPOSE, Buffer.from(state, 'base64url'));
  if (opened) return JSON.parse(Buffer.from(opened).toString()) as OauthState;
  throw new Fault('BAD_INPUT', 'This state was not issued by this server. Copy it completely, or begin again.');
}

/** Nobody can connect another user's Drive to their account, or their Drive to another user's account. */
function verifyState(state: OauthState, user: User, clock: Clock): OauthState {
  if (state.tenant !== user.tenant || state.subject !== user.subject) {
    throw new Fault('FORBIDDEN', 'Another user began this connection. Begin your own with beginDriveConnection.');
  }
  if (state.expires <= clock.now().getTime()) {
    throw new Fault('FORBIDDEN', 'This took longer than ten minutes. Begin again with beginDriveConnection.');
  }
  return state;
}
