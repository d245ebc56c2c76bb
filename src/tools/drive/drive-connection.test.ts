import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDrives, createTestUser, type TestDrives } from '../../../test/support/tools/drives.ts';
import { createSealer } from '../../auth/sealer.ts';
import { createSecret } from '../../config/secrets.ts';
import { createDrives } from './drives.ts';
import { OAUTH_SCOPES } from './google-endpoints.ts';

const alice = createTestUser('alice');
const bob = createTestUser('bob');

describe('connecting a Google Drive', () => {
  let drives: TestDrives;
  beforeAll(async () => {
    drives = await createTestDrives();
  });
  beforeEach(async () => {
    drives.google.calm();
    for (const { tenant, subject } of [alice, bob]) {
      await drives.store.credentials.remove(tenant, subject, 'google-drive');
    }
  });
  afterAll(() => drives.close());

  const { signal } = new AbortController();
  const sourceOf = async (user = alice) => (await drives.resolveDrive(user)).source;
  const refreshes = () => drives.google.seen.filter((line) => line.startsWith('POST /token')).length;
  const answerFor = async (user = alice) => {
    const { searchParams } = await drives.google.agree(drives.connection.begin(user).url);
    return { code: searchParams.get('code') ?? '', state: searchParams.get('state') ?? '' };
  };
  const forbidden = (message: RegExp) =>
    expect.objectContaining({ name: 'Fault', code: 'FORBIDDEN', message: expect.stringMatching(message) });

  it('begins at Google with PKCE, asks to read files and to write only its files, and returns to this server', () => {
    const { searchParams, href } = new URL(drives.connection.begin(alice).url);
    expect(href.startsWith(drives.google.endpoints.authorize)).toBe(true);
    expect(searchParams.get('redirect_uri')).toBe('https://signalbox.example/oauth/drive');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('scope')).toBe(OAUTH_SCOPES.join(' '));
    expect(href).not.toMatch(/alice|GOCSPX/);
  });

  it('gives a user who has connected a Drive that Drive, and all others the folder', async () => {
    expect(await sourceOf()).toBe('local folder');
    await drives.connect(alice);
    expect(await sourceOf()).toBe('google drive');
    expect(await sourceOf(bob)).toBe('local folder');
    expect(await sourceOf(createTestUser('alice', 'other'))).toBe('local folder');
  });

  it('stores the token sealed: the database does not reveal it, and nobody else can decrypt the row', async () => {
    await drives.connect(alice);
    const [token = ''] = drives.google.oauth.grants.keys();
    const sealed = await drives.store.credentials.find('default', 'alice', 'google-drive');
    expect(Buffer.from(sealed ?? []).includes(token)).toBe(false);
    await drives.store.credentials.put('default', 'bob', 'google-drive', sealed ?? new Uint8Array());
    await expect(drives.resolveDrive(bob)).rejects.toEqual(forbidden(/Connect again/));
  });

  it('accepts the code only from the user who began', async () => {
    const ofAlice = await answerFor(alice);
    await expect(drives.connection.finish(bob, ofAlice, signal)).rejects.toEqual(forbidden(/Another user/));
    const namesake = createTestUser('alice', 'other');
    await expect(drives.connection.finish(namesake, ofAlice, signal)).rejects.toEqual(forbidden(/Another user/));
    const ofBob = await answerFor(bob);
    const mixed = { code: ofAlice.code, state: ofBob.state };
    await expect(drives.connection.finish(bob, mixed, signal)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(drives.google.oauth.grants.size).toBe(0);
    expect(await sourceOf(bob)).toBe('local folder');
  });

  it('rejects a state that it did not issue, and one that is too old', async () => {
    const { code, state } = await answerFor();
    for (const wrong of ['', 'x', `${state.slice(0, -2)}AA`, state.slice(4)]) {
      const finished = drives.connection.finish(alice, { code, state: wrong }, signal);
      await expect(finished).rejects.toMatchObject({ name: 'Fault', code: 'BAD_INPUT' });
    }
    const later = { now: () => new Date(Date.now() + 11 * 60_000) };
    const { connection } = createDrives({ ...drives.deps, clock: later });
    await expect(connection?.finish(alice, { code, state }, signal)).rejects.toEqual(forbidden(/ten minutes/));
  });

  it('accepts a code only once', async () => {
    const answer = await drives.connect(alice);
    await expect(drives.connection.finish(alice, answer, signal)).rejects.toEqual(forbidden(/valid once/));
    expect(await sourceOf()).toBe('google drive');
  });

  it('can be finished on another node, which has the same key', async () => {
    const answer = await answerFor();
    await createDrives(drives.deps).connection?.finish(alice, answer, signal);
    expect(await sourceOf()).toBe('google drive');
  });

  it('does not connect when a permission was not granted', async () => {
    drives.google.oauth.settings.withheld = OAUTH_SCOPES[1] ?? '';
    await expect(drives.connect(alice)).rejects.toEqual(forbidden(/every permission/));
    expect(await sourceOf()).toBe('local folder');
  });

  it('requests one access token for concurrent calls, and a new one after it has expired', async () => {
    await drives.connect(alice);
    const drive = await drives.resolveDrive(alice);
    const before = refreshes();
    await Promise.all([1, 2, 3, 4, 5].map(() => drive.search('x', 1, signal)));
    expect(refreshes() - before).toBe(1);
    await drive.search('x', 1, signal);
    expect(refreshes() - before).toBe(1);
    drives.google.oauth.endAccess();
    await Promise.all([1, 2, 3].map(() => drive.search('x', 1, signal)));
    expect(refreshes() - before).toBe(2);
  });

  it('does not use a token that is about to expire, and replaces it once for concurrent calls', async () => {
    drives.google.oauth.settings.expiresInS = 30;
    await drives.connect(alice);
    const drive = await drives.resolveDrive(alice);
    const before = refreshes();
    await drive.search('x', 1, signal);
    await Promise.all([1, 2, 3].map(() => drive.search('x', 1, signal)));
    expect(refreshes() - before).toBe(2);
  });

  it('continues the refresh for the other callers when one is cancelled', async () => {
    await drives.connect(alice);
    const drive = await drives.resolveDrive(alice);
    drives.google.trouble(/^POST \/token/, { status: 503, retryAfter: '1' });
    const givesUp = drive.search('x', 1, AbortSignal.timeout(20));
    const waits = drive.search('x', 1, signal);
    await expect(givesUp).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await waits).toEqual([]);
  });

  it('reports how to connect again when the permission was revoked at Google, and then works again', async () => {
    await drives.connect(alice);
    drives.google.oauth.grants.clear();
    const drive = await drives.resolveDrive(alice);
    for (const _ of ['first', 'and again']) {
      await expect(drive.search('x', 1, signal)).rejects.toEqual(forbidden(/beginDriveConnection/));
    }
    await drives.connect(alice);
    expect(await (await drives.resolveDrive(alice)).search('x', 1, signal)).toEqual([]);
  });

  it('reports the same when the key that sealed it no longer exists', async () => {
    await drives.connect(alice);
    const other = createDrives({ ...drives.deps, sealer: createSealer(createSecret(Buffer.alloc(32, 8))) });
    await expect(other.resolveDrive(alice)).rejects.toEqual(forbidden(/beginDriveConnection/));
    expect(await other.connection?.disconnect(alice, signal)).toBe(true);
    expect((await other.resolveDrive(alice)).source).toBe('local folder');
  });

  it('revokes the permission at Google, even if Google no longer knows it', async () => {
    await drives.connect(alice);
    expect(await drives.connection.disconnect(alice, signal)).toBe(true);
    expect(drives.google.oauth.grants.size).toBe(0);
    expect(await sourceOf()).toBe('local folder');
    expect(await drives.connection.disconnect(alice, signal)).toBe(false);
    await drives.connect(alice);
    drives.google.oauth.grants.clear();
    expect(await drives.connection.disconnect(alice, signal)).toBe(true);
  });

  it('stays connected when Google cannot be reached', async () => {
    await drives.connect(alice);
    drives.google.trouble(/^POST \/revoke/, { status: 503 });
    await expect(drives.connection.disconnect(alice, signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await sourceOf()).toBe('google drive');
  });
});

describe('without Google', () => {
  it('no connection can be begun, and each tenant has a separate folder', async () => {
    const drives = await createTestDrives();
    const { signal } = drives;
    const local = createDrives({ ...drives.deps, settings: { folder: drives.folder } });
    expect(local.connection).toBeUndefined();
    const mine = await local.resolveDrive(alice);
    await mine.upload({ name: 'ours.md', mediaType: 'text/markdown', bytes: Buffer.from('x') }, signal);
    await writeFile(`${drives.folder}/outside.md`, 'x');
    expect((await mine.search('md', 9, signal)).map(({ name }) => name)).toEqual(['ours.md']);
    for (const tenant of ['other', '..', '../default', '', 'Default', 'a/b']) {
      expect(await (await local.resolveDrive(createTestUser('x', tenant))).search('md', 9, signal), tenant).toEqual([]);
    }
    await drives.close();
  });
});
