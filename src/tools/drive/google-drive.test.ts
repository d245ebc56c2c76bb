import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driveContract } from '../../../test/support/tools/drive-contract.ts';
import { createTestDrives, createTestUser, type TestDrives } from '../../../test/support/tools/drives.ts';
import type { Drive } from './drive.ts';

const alice = createTestUser('alice');
const FOLDER = 'application/vnd.google-apps.folder';

driveContract('google drive', async () => {
  const drives = await createTestDrives();
  await drives.connect(alice);
  return {
    drive: await drives.resolveDrive(alice),
    makeFolder: async (name) => drives.google.files.add({ name, mimeType: FOLDER }, Buffer.alloc(0)).id,
    close: drives.close,
  };
});

describe('Google Drive', () => {
  let drives: TestDrives;
  let drive: Drive;
  beforeAll(async () => {
    drives = await createTestDrives();
    await drives.connect(alice);
    drive = await drives.resolveDrive(alice);
  });
  afterAll(() => drives.close());

  const { signal } = new AbortController();
  const put = (name: string, mimeType = 'text/plain', text = 'text') =>
    drives.google.files.add({ name, mimeType }, Buffer.from(text)).id;
  const sentFor = async (act: () => Promise<unknown>) => {
    const before = drives.google.seen.length;
    await act();
    return drives.google.seen.slice(before).filter((line) => !line.includes('/token'));
  };
  const big = (size: number) => Buffer.alloc(size, 'signal box ');
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const upload = (name: string, bytes: Uint8Array) =>
    drive.upload({ name, mediaType: 'application/zip', bytes }, signal);
  const stored = (name: string) => [...drives.google.files.files.values()].filter((file) => file.name === name);

  it('reads as many pages as it needs', async () => {
    for (const n of [1, 2, 3, 4, 5]) put(`lantern ${n}`);
    drives.google.files.settings.mostOnPage = 2;
    const sent = await sentFor(async () => expect(await drive.search('lantern', 5, signal)).toHaveLength(5));
    expect(sent).toHaveLength(3);
    expect(await sentFor(() => drive.search('lantern', 2, signal))).toHaveLength(1);
    drives.google.files.settings.mostOnPage = 1_000;
  });

  it.each([
    ['document', 'text/markdown'],
    ['spreadsheet', 'text/csv'],
    ['presentation', 'text/plain'],
    ['drawing', 'image/png'],
  ])('exports a %s as %s', async (kind, as) => {
    const id = put(kind, `application/vnd.google-apps.${kind}`, 'exported');
    const { file, mediaType, bytes } = await drive.download(id, 100, signal);
    expect({ mediaType, text: Buffer.from(bytes).toString() }).toEqual({ mediaType: as, text: 'exported' });
    expect(file).toMatchObject({ name: kind, url: expect.stringContaining(id) });
    expect(file).not.toHaveProperty('size');
  });

  it('reports that there is nothing to download for a type that cannot be exported', async () => {
    const id = put('poll', 'application/vnd.google-apps.form');
    const message = expect.stringMatching(/"form"/);
    await expect(drive.download(id, 100, signal)).rejects.toMatchObject({ code: 'BAD_INPUT', message });
  });

  it.each([
    { status: 429, reason: 'rateLimitExceeded', retryAfter: '0' },
    { status: 403, reason: 'userRateLimitExceeded' },
    { status: 500 },
    { status: 503 },
    'break' as const,
  ])('retries after %o', async (trouble) => {
    const id = put('patience');
    drives.google.trouble(/^GET \/drive/, trouble);
    drives.google.trouble(/^GET \/drive/, trouble);
    const sent = await sentFor(async () => expect((await drive.get(id, signal)).name).toBe('patience'));
    expect(sent).toHaveLength(3);
  });

  it('gives up after four attempts, or when Google asks for a much longer wait', async () => {
    const id = put('patience');
    for (let n = 0; n < 4; n += 1) drives.google.trouble(/^GET/, { status: 429, reason: 'rateLimitExceeded' });
    await expect(drive.get(id, signal)).rejects.toMatchObject({ code: 'THROTTLED' });
    drives.google.trouble(/^GET/, { status: 429, reason: 'rateLimitExceeded', retryAfter: '120' });
    const asked = drive.get(id, signal);
    await expect(asked).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 120_000 });
  });

  it.each([
    [403, 'insufficientFilePermissions', 'FORBIDDEN'],
    [403, 'storageQuotaExceeded', 'RESOURCE_TOO_LARGE'],
    [403, 'exportSizeLimitExceeded', 'RESOURCE_TOO_LARGE'],
    [403, 'accessNotConfigured', 'FORBIDDEN'],
    [400, 'invalid', 'BAD_INPUT'],
  ])('does not retry a permanent failure: %i %s', async (status, reason, code) => {
    const id = put('patience');
    drives.google.trouble(/^GET/, { status, reason });
    const sent = await sentFor(() => expect(drive.get(id, signal)).rejects.toMatchObject({ name: 'Fault', code }));
    expect(sent).toHaveLength(1);
  });

  it('ends when it is cancelled, even during a wait', async () => {
    const id = put('patience');
    drives.google.trouble(/^GET/, { status: 429, reason: 'rateLimitExceeded', retryAfter: '20' });
    const asked = drive.get(id, AbortSignal.timeout(50));
    await expect(asked).rejects.toMatchObject({ name: 'Fault', code: 'TIMEOUT' });
  });

  it.each([5 * 1024 * 1024 + 1, 16 * 1024 * 1024, 17_000_001])('uploads %i bytes in chunks', async (size) => {
    const bytes = big(size);
    const sent = await sentFor(() => upload(`chunks-${size}`, bytes));
    expect(sent.filter((line) => line.startsWith('PUT'))).toHaveLength(Math.ceil(size / (8 * 1024 * 1024)));
    const [file] = stored(`chunks-${size}`);
    expect(digest(file?.bytes ?? Buffer.alloc(0))).toBe(digest(bytes));
    expect(file?.mimeType).toBe('application/zip');
  });

  it('continues an upload where the connection broke', async () => {
    const bytes = big(10 * 1024 * 1024);
    drives.google.trouble(/^PUT/, 'break');
    drives.google.trouble(/^PUT/, { status: 503 });
    await upload('broken', bytes);
    expect(stored('broken').map((file) => digest(file.bytes))).toEqual([digest(bytes)]);
  });

  it('gives up an upload that makes no progress', async () => {
    for (let n = 0; n < 4; n += 1) drives.google.trouble(/^PUT/, { status: 503 });
    await expect(upload('stuck', big(6 * 1024 * 1024))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (let n = 0; n < 4; n += 1) drives.google.trouble(/^PUT/, { status: 308 });
    await expect(upload('stuck', big(6 * 1024 * 1024))).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
    expect(stored('stuck')).toEqual([]);
  });

  it.each([10, 6 * 1024 * 1024])('creates one file of %i bytes even if the response was lost', async (size) => {
    drives.google.trouble(/^(POST.*multipart|PUT)/, { status: 502, after: true });
    const made = await upload(`lost-${size}`, big(size));
    expect(stored(`lost-${size}`).map(({ id }) => id)).toEqual([made.id]);
  });
});
