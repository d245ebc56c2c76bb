import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Drive, FOLDER_MEDIA_TYPE } from '../../../src/tools/drive/drive.ts';

export interface DriveHarness {
  readonly drive: Drive;
  /** Creates a folder in the root folder. @returns its id */
  makeFolder(name: string): Promise<string>;
  close(): Promise<void>;
}

/** The contract of every drive. */
export function driveContract(source: Drive['source'], makeHarness: () => Promise<DriveHarness>): void {
  describe(`a drive that is a ${source}`, () => {
    const { signal } = new AbortController();
    let harness: DriveHarness;
    let drive: Drive;
    beforeAll(async () => {
      harness = await makeHarness();
      drive = harness.drive;
    });
    afterAll(() => harness.close());

    const upload = (name: string, text: string, folder?: string) => {
      const all = { name, mediaType: 'text/markdown', bytes: Buffer.from(text) };
      return drive.upload({ ...all, ...(folder !== undefined && { folder }) }, signal);
    };
    const textOf = async (id: string) => Buffer.from((await drive.download(id, 1_000, signal)).bytes).toString();
    const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

    it('reports its source', () => {
      expect(drive.source).toBe(source);
    });

    it('returns an upload byte for byte, under a stable id', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
      const made = await drive.upload({ name: 'all.png', mediaType: 'image/png', bytes }, signal);
      expect(made).toMatchObject({ name: 'all.png', mediaType: 'image/png', size: 256 });
      expect(await drive.get(made.id, signal)).toEqual(made);
      const down = await drive.download(made.id, 256, signal);
      expect(down).toMatchObject({ file: made, mediaType: 'image/png' });
      expect([...down.bytes]).toEqual([...bytes]);
      expect(Math.abs(Date.now() - Date.parse(made.modifiedAt ?? ''))).toBeLessThan(60_000);
    });

    it('accepts an empty file', async () => {
      const { id } = await upload('empty.md', '');
      expect(await textOf(id)).toBe('');
    });

    it('keeps two files with the same name', async () => {
      const [one, two] = [await upload('twice.md', 'first'), await upload('twice.md', 'second')];
      expect(one.id).not.toBe(two.id);
      expect([await textOf(one.id), await textOf(two.id)]).toEqual(['first', 'second']);
    });

    it('finds files by words of their name and of their text, in any order and case', async () => {
      await upload('harbour plan.md', 'where the ships lie');
      await upload('other.md', 'Cranes and Ships at the harbour');
      const namesFor = async (query: string) => (await drive.search(query, 10, signal)).map(({ name }) => name).sort();
      expect(await namesFor('plan HARBOUR')).toEqual(['harbour plan.md']);
      expect(await namesFor('ships harbour')).toContain('other.md');
      expect(await namesFor('zeppelin')).toEqual([]);
    });

    it('treats quotes and backslashes in a query literally', async () => {
      await upload("captain's log.md", 'nothing else');
      const found = await drive.search("captain's", 10, signal);
      expect(found.map(({ name }) => name)).toEqual(["captain's log.md"]);
      expect(await drive.search("x' or name contains 'captain", 10, signal)).toEqual([]);
      expect(await drive.search('x\\', 10, signal)).toEqual([]);
    });

    it('returns at most the requested number of files', async () => {
      for (const n of [1, 2, 3, 4]) await upload(`buoy-${n}.md`, '');
      expect(await drive.search('buoy', 3, signal)).toHaveLength(3);
    });

    it('uploads into a folder, which can be found but has no bytes', async () => {
      const folder = await harness.makeFolder('logbooks');
      expect(await drive.get(folder, signal)).toMatchObject({
        id: folder,
        name: 'logbooks',
        mediaType: FOLDER_MEDIA_TYPE,
      });
      expect((await drive.search('logbooks', 5, signal)).map(({ id }) => id)).toContain(folder);
      const { id } = await upload('inside.md', 'deep', folder);
      expect(await textOf(id)).toBe('deep');
      await expect(drive.download(folder, 1_000, signal)).rejects.toEqual(fault('BAD_INPUT'));
    });

    it('reports an unknown file for any id', async () => {
      const strange = ['nosuchfile', '', '.', '..', '../..', 'Li4', 'L2V0Yy9wYXNzd2Q', 'a/b', 'a?alt=media', '\0', 'ä'];
      for (const id of strange) {
        await expect(drive.get(id, signal), id).rejects.toEqual(fault('NOT_FOUND'));
        await expect(drive.download(id, 10, signal), id).rejects.toEqual(fault('NOT_FOUND'));
      }
      await expect(upload('lost.md', '', 'nosuchfolder')).rejects.toEqual(fault('NOT_FOUND'));
    });

    it('rejects a file that is larger than the limit', async () => {
      const { id } = await upload('long.md', 'x'.repeat(101));
      await expect(drive.download(id, 100, signal)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
      expect((await drive.download(id, 101, signal)).bytes).toHaveLength(101);
    });

    it('does nothing for a call that was cancelled', async () => {
      const cancelled = AbortSignal.abort();
      await expect(drive.search('all', 1, cancelled)).rejects.toEqual(fault('CANCELLED'));
      const never = { name: 'never.md', mediaType: 'text/markdown', bytes: new Uint8Array() };
      await expect(drive.upload(never, cancelled)).rejects.toEqual(fault('CANCELLED'));
      expect(await drive.search('never', 1, signal)).toEqual([]);
    });
  });
}
