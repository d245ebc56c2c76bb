import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDrives, createTestUser, type TestDrives } from '../../test/support/tools/drives.ts';
import { createTestToolContext, type TestToolContext } from '../../test/support/tools/tool-context.ts';
import { driveDownload } from './drive-download.ts';
import { driveGet } from './drive-get.ts';
import { driveSearch } from './drive-search.ts';
import { driveUpload } from './drive-upload.ts';

describe('the tools of drives', () => {
  let drives: TestDrives;
  /** alice has connected a Google Drive, bob has not. */
  let alice: TestToolContext;
  let bob: TestToolContext;
  beforeAll(async () => {
    drives = await createTestDrives();
    await drives.connect(createTestUser('alice'));
    alice = await createTestToolContext({ user: createTestUser('alice') });
    bob = await createTestToolContext({ user: createTestUser('bob') });
  });
  afterAll(async () => {
    await alice.close();
    await bob.close();
    await drives.close();
  });

  const search = (...args: Parameters<ReturnType<typeof driveSearch>['run']>) =>
    driveSearch(drives.resolveDrive).run(...args);
  const get = (id: string, by = bob) => driveGet(drives.resolveDrive).run({ id }, by.context);
  const upload = (input: Parameters<ReturnType<typeof driveUpload>['run']>[0], by = bob) =>
    driveUpload(drives.resolveDrive).run(input, by.context);
  const download = (id: string, by = bob) => driveDownload(drives.resolveDrive, 100_000).run({ id }, by.context);

  it('report which drive they used, and use the drive of each principal', async () => {
    const ofAlice = await upload({ name: 'signal.md', text: '# of alice' }, alice);
    const ofBob = await upload({ name: 'signal.md', text: '# of bob' });
    expect([ofAlice.source, ofBob.source]).toEqual(['google drive', 'local folder']);
    expect(ofAlice.file.url).toMatch(/^https:/);
    for (const [user, uploaded, text] of [
      [alice, ofAlice, '# of alice'],
      [bob, ofBob, '# of bob'],
    ] as const) {
      const results = await search({ query: 'signal' }, user.context);
      expect(results).toEqual({ source: uploaded.source, files: [uploaded.file] });
      expect(await get(uploaded.file.id, user)).toEqual({ ...uploaded, text });
    }
    await expect(get(ofAlice.file.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('store a download as an artifact', async () => {
    const { file } = await upload({ name: 'dots.png', base64: Buffer.from([1, 2, 3]).toString('base64') });
    const { file: kept, source } = await download(file.id);
    expect({ kept, source }).toMatchObject({
      source: 'local folder',
      kept: { name: 'dots.png', media_type: 'image/png', size: 3 },
    });
    expect([...(await bob.bytesOf(kept.uri))]).toEqual([1, 2, 3]);
    const again = await upload({ name: 'again.png', uri: kept.uri });
    expect((await download(again.file.id)).file.sha256).toBe(kept.sha256);
  });

  it('reject a file that is larger than the limit', async () => {
    const { file } = await upload({ name: 'long.txt', text: 'x'.repeat(100_001) });
    await expect(download(file.id)).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('export a Google document as Markdown', async () => {
    const mimeType = 'application/vnd.google-apps.document';
    const { id } = drives.google.files.add({ name: 'Plan', mimeType }, Buffer.from('# Plan'));
    expect(await get(id, alice)).toMatchObject({ text: '# Plan', file: { name: 'Plan', media_type: mimeType } });
    expect((await download(id, alice)).file).toMatchObject({ name: 'Plan', media_type: 'text/markdown', size: 6 });
    const long = drives.google.files.add({ name: 'Long', mimeType }, Buffer.alloc(70_000, 'x'));
    expect(await get(long.id, alice)).not.toHaveProperty('text');
  });

  it('return no text for a large file or one that is not text', async () => {
    const large = await upload({ name: 'large.md', text: 'x'.repeat(64 * 1024 + 1) });
    const picture = await upload({ name: 'dot.png', base64: 'AQID' });
    const broken = await upload({ name: 'broken.md', base64: '/w==' });
    for (const { file } of [large, picture, broken]) expect(await get(file.id)).not.toHaveProperty('text');
    const fits = await upload({ name: 'fits.md', text: 'x'.repeat(64 * 1024) });
    expect((await get(fits.file.id)).text).toHaveLength(64 * 1024);
  });

  it('send Google the given media type, otherwise that of the name, otherwise that of the content', async () => {
    const typeOf = async (input: Parameters<typeof upload>[0]) => (await upload(input, alice)).file.media_type;
    expect(await typeOf({ name: 'a.csv', text: 'a,b', media_type: 'text/plain' })).toBe('text/plain');
    expect(await typeOf({ name: 'a.csv', text: 'a,b' })).toBe('text/csv');
    expect(await typeOf({ name: 'a', text: 'a,b' })).toBe('text/plain');
    expect(await typeOf({ name: 'a', uri: 'data:text/csv,a' })).toBe('text/csv');
    expect(await typeOf({ name: 'a', base64: 'AQID' })).toBe('application/octet-stream');
    await expect(typeOf({ name: 'a', text: '', media_type: 'x\r\ny: z' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('require exactly one content', async () => {
    for (const input of [{}, { text: 'a', uri: 'data:,a' }, { text: '', base64: '' }]) {
      await expect(upload({ name: 'x', ...input })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringMatching(/exactly one/),
      });
    }
  });
});
