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

/** How somebody lets this server use his Google Drive, and takes that back. */
export interface DriveConnection {
  /** @returns where his browser has to go; what it brings back is good for ten minutes, for him alone. */
  begin(who: User): { readonly url: string };
  /**
   * @param answer as the callback shows it
   * @throws Fault FORBIDDEN when somebody else began this, or Google does not give the permission; BAD_INPUT
   */
  finish(who: User, answer: { readonly code: string; readonly state: string }, signal: AbortSignal): Promise<void>;
  /** Revokes the permission and forgets it. @returns false when there was none */
  disconnect(who: User, signal: AbortSignal): Promise<boolean>;
}

/** What the state carries, sealed: so no node has to remember who began. */
interface OauthState {
  readonly tenant: string;
  readonly subject: string;
  readonly verifier: string;
  /** In milliseconds since 1970. */
  readonly expires: number;
}

const STATE_SEAL_PURPOSE = ['google-drive state'];
const STATE_TTL_MS = 10 * 60_000;

/** Path of the page that shows what Google answered; it stands behind PUBLIC_URL. */
export const CALLBACK_PATH = '/oauth/drive';

/** Authorization code flow (RFC 6749 section 4.1) with PKCE (RFC 7636, S256). */
export function createDriveConnection(deps: DriveConnectionDeps): DriveConnection {
  const redirectUri = `${deps.publicUrl}${CALLBACK_PATH}`;

  return {
    begin({ tenant, subject }) {
      const verifier = randomBytes(32).toString('base64url');
      const begun: OauthState = { tenant, subject, verifier, expires: deps.clock.now().getTime() + STATE_TTL_MS };
      const url = new URL(deps.endpoints.authorize);
      const asked: Readonly<Record<string, string>> = {
        client_id: deps.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: OAUTH_SCOPES.join(' '),
        state: Buffer.from(deps.sealer.seal(STATE_SEAL_PURPOSE, Buffer.from(JSON.stringify(begun)))).toString(
          'base64url',
        ),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        // Without both, Google gives a refresh token the first time only.
        access_type: 'offline',
        prompt: 'consent',
      };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return { url: url.href };
    },

    async finish(who, { code, state }, signal) {
      const { verifier } = verifyState(readState(deps.sealer, state), who, deps.clock);
      const grant = await deps.oauth.exchange(code, verifier, redirectUri, signal);
      // Not revoked: with it would go an earlier permission of the same account, which may be in use.
      if (grant.refreshToken === undefined || !OAUTH_SCOPES.every((scope) => grant.scopes.includes(scope))) {
        throw new Fault(
          'FORBIDDEN',
          'Not all that was asked for was allowed. Begin again, and tick every box at Google.',
        );
      }
      await deps.connections.save(who, grant.refreshToken);
    },

    async disconnect(who, signal) {
      const token = await deps.connections.find(who).catch(() => undefined);
      // First at Google: when that fails it can be tried again.
      if (token !== undefined) await deps.oauth.revoke(token, signal);
      return await deps.connections.remove(who);
    },
  };
}

function readState(sealer: Sealer, state: string): OauthState {
  const opened = sealer.open(STATE_SEAL_PURPOSE, Buffer.from(state, 'base64url'));
  if (opened) return JSON.parse(Buffer.from(opened).toString()) as OauthState;
  throw new Fault('BAD_INPUT', 'This state is not one that this server made. Copy it whole, or begin again.');
}

/** Nobody can have another one's Drive connected to his account, nor his own to another one's. */
function verifyState(begun: OauthState, who: User, clock: Clock): OauthState {
  if (begun.tenant !== who.tenant || begun.subject !== who.subject) {
    throw new Fault('FORBIDDEN', 'Somebody else began this connection. Begin one yourself with beginDriveConnection.');
  }
  if (begun.expires <= clock.now().getTime()) {
    throw new Fault('FORBIDDEN', 'This took longer than ten minutes. Begin again with beginDriveConnection.');
  }
  return begun;
}
