import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Sealer } from '../../auth/sealer.ts';
import type { Config } from '../../config/config.ts';
import type { Credentials } from '../../core/accounts/accounts.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import type { DriveResolver } from './drive.ts';
import { createDriveConnection, type DriveConnection } from './drive-connection.ts';
import { folderDrive } from './folder-drive.ts';
import { createGoogleApi } from './google-api.ts';
import { createGoogleConnections } from './google-connections.ts';
import { googleDrive } from './google-drive.ts';
import { GOOGLE_ENDPOINTS, type GoogleEndpoints } from './google-endpoints.ts';
import { createGoogleOauth } from './google-oauth.ts';

export interface DrivesDeps {
  readonly settings: Config['tools']['drive'];
  readonly credentials: Credentials;
  readonly sealer: Sealer;
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  /** Default: Google's. */
  readonly endpoints?: GoogleEndpoints;
  readonly clock?: Clock;
  /** Before the second attempt at Google. Default 500 ms. */
  readonly backoffMs?: number;
}

export interface Drives {
  readonly resolveDrive: DriveResolver;
  /** Absent when this server is not configured as a client of Google. */
  readonly connection?: DriveConnection;
}

/** The drives of all principals, and the connection to Google Drive when this server is configured for it. */
export function createDrives(deps: DrivesDeps): Drives {
  const { settings, sealer, outgoing, endpoints = GOOGLE_ENDPOINTS, clock = systemClock, backoffMs = 500 } = deps;
  const localDrive = (tenant: string) => folderDrive(join(settings.folder, folderName(tenant)));
  const { google } = settings;
  if (!google) return { resolveDrive: async ({ tenant }) => localDrive(tenant) };

  const oauth = createGoogleOauth({ google, outgoing, endpoints });
  const connections = createGoogleConnections({ oauth, credentials: deps.credentials, sealer, clock });
  return {
    resolveDrive: async (user) => {
      const refreshToken = await connections.find(user);
      if (refreshToken === undefined) return localDrive(user.tenant);
      const accessToken = (signal: AbortSignal, refused?: string) =>
        connections.accessToken(refreshToken, signal, refused);
      return googleDrive({ api: createGoogleApi({ outgoing, accessToken, backoffMs }), endpoints });
    },
    connection: createDriveConnection({
      oauth,
      connections,
      sealer,
      clock,
      endpoints,
      clientId: google.clientId,
      publicUrl: deps.publicUrl,
    }),
  };
}

/** Each tenant has a folder; a name that is not safe in a file system is hashed. */
function folderName(tenant: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,62}$/.test(tenant)) return tenant;
  return `~${createHash('sha256').update(tenant).digest('hex').slice(0, 32)}`;
}
