import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { join, parse, relative } from 'node:path';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { storageFault } from '../../resources/artifacts/storage-fault.ts';
import { type Drive, type DriveUpload, FOLDER_MEDIA_TYPE, fileTooLargeFault } from './drive.ts';
import { searchFolder } from './folder-search.ts';
import { driveFileOf, isHidden, withOpenFile } from './open-file.ts';

/** Maximum number of files with the same name. */
const MAX_SAME_NAME_FILES = 1_000;

/**
 * A local folder as a drive, for users without a connected one. Created at first use. Media types and search rely on file
 * name extensions.
 */
export function folderDrive(folder: string): Drive {
  const root = async () => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return await realpath(folder);
    } catch (error) {
      throw storageFault(error);
    }
  };

  return {
    source: 'local folder',
    search: async (query, limit, signal) => await searchFolder(await root(), query, limit, signal),
    get: async (id) => await withOpenFile(await root(), id, async ({ file }) => file),
    download: async (id, maxBytes, signal) =>
      await withOpenFile(await root(), id, async ({ file, handle }) => {
        if (file.mediaType === FOLDER_MEDIA_TYPE)
          throw new Fault('BAD_INPUT', 'This is a folder. Use the id of a file in it.');
        if ((file.size ?? 0) > maxBytes) throw fileTooLargeFault(maxBytes);
        const bytes = await readFile(handle, { signal }).catch((error: unknown) => {
          throw signal.aborted ? abortFault(signal) : storageFault(error);
        });
        return { file, mediaType: file.mediaType, bytes };
      }),
    upload: async (upload, signal) => {
      const top = await root();
      if (isHidden(upload.name) || /[/\0]/.test(upload.name)) {
        throw new Fault('BAD_INPUT', 'A file name must not contain a slash or begin with a dot. Choose another name.');
      }
      if (signal.aborted) throw abortFault(signal);
      const { folder: id } = upload;
      const path =
        id === undefined
          ? await writeNewFile(top, upload)
          : await withOpenFile(top, id, async (target) => {
              if (target.file.mediaType !== FOLDER_MEDIA_TYPE)
                throw new Fault('BAD_INPUT', 'The folder is a file. Use the id of a folder.');
              return await writeNewFile(target.path, upload);
            });
      return driveFileOf(relative(top, path), await stat(path));
    },
  };
}

/** Writes a draft and then links it, so that nobody sees a partial file and nothing is replaced. */
async function writeNewFile(folder: string, { name, bytes }: DriveUpload): Promise<string> {
  const draft = join(folder, `.${randomBytes(12).toString('hex')}.upload`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await linkUnderFreeName(folder, name, draft);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG') throw storageFault(error);
    throw new Fault('BAD_INPUT', 'The name is too long for a file name. Use a shorter one.', { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}

/** `name (2).txt` and so on when the name is taken. */
async function linkUnderFreeName(folder: string, name: string, draft: string): Promise<string> {
  const { name: stem, ext } = parse(name);
  for (let count = 1; count <= MAX_SAME_NAME_FILES; count += 1) {
    const path = join(folder, count === 1 ? name : `${stem} (${count})${ext}`);
    try {
      await link(draft, path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Fault('CONFLICT', `There are already ${MAX_SAME_NAME_FILES} files with this name. Use another name.`);
}
