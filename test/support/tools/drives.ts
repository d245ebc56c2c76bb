import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSealer } from '../../../src/auth/sealer.ts';
import { createSecret } from '../../../src/config/secrets.ts';
import type { User } from '../../../src/core/principal.ts';
import { createOutgoing } from '../../../src/resources/outgoing/outgoing.ts';
import type { DriveConnection } from '../../../src/tools/drive/drive-connection.ts';
import { createDrives, type DrivesDeps } from '../../../src/tools/drive/drives.ts';
import { sqliteHarness } from '../store/sqlite-harness.ts';
import { startFakeGoogle } from './google.ts';

export const createTestUser = (subject: string, tenant = 'default'): User => ({
  ...{ subject, tenant },
  username: subject,
  roles: ['analyst'],
});

/** All drives of a server: real store, sealer and outgoing connections, and a fake Google. */
export async function createTestDrives() {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-drive-'));
  const harness = await sqliteHarness();
  const store = await harness.open();
  const google = await startFakeGoogle();
  const outgoing = createOutgoing({
    version: '0.0.0-test',
    allowedPrivateHosts: [google.host],
    headerTimeoutMs: 5_000,
  });
  const deps: DrivesDeps = {
    settings: { folder, google: google.google },
    credentials: store.credentials,
    sealer: createSealer(createSecret(Buffer.alloc(32, 7))),
    outgoing,
    publicUrl: 'https://signalbox.example',
    endpoints: google.endpoints,
    backoffMs: 5,
  };
  const drives = createDrives(deps);
  const connection = drives.connection as DriveConnection;
  const signal = new AbortController().signal;
  return {
    ...{ google, store, harness, folder, deps, connection, signal, resolveDrive: drives.resolveDrive },
    /** Connects like a user: opens the URL, agrees, and returns the code of the callback. */
    async connect(user: User) {
      const back = await google.agree(connection.begin(user).url);
      const [code, state] = [back.searchParams.get('code') ?? '', back.searchParams.get('state') ?? ''];
      await connection.finish(user, { code, state }, signal);
      return { code, state };
    },
    async close() {
      await outgoing.close();
      await google.close();
      await store.close();
      await harness.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestDrives = Awaited<ReturnType<typeof createTestDrives>>;
