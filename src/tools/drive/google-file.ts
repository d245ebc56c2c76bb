import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { type DriveFile, FOLDER_MEDIA_TYPE } from './drive.ts';

const GOOGLE_TYPE_PREFIX = 'application/vnd.google-apps.';

/** Google's own documents have no bytes; each is exported to the format that agents read best. */
const EXPORT_MEDIA_TYPES: Readonly<Record<string, string>> = {
  [`${GOOGLE_TYPE_PREFIX}document`]: 'text/markdown',
  [`${GOOGLE_TYPE_PREFIX}drawing`]: 'image/png',
  [`${GOOGLE_TYPE_PREFIX}presentation`]: 'text/plain',
  [`${GOOGLE_TYPE_PREFIX}script`]: 'application/vnd.google-apps.script+json',
  // Only the first sheet.
  [`${GOOGLE_TYPE_PREFIX}spreadsheet`]: 'text/csv',
};

/**
 * The media type to export a file as; undefined for a file that has bytes.
 * @throws Fault BAD_INPUT for a file with neither, such as a folder or a form
 */
export function exportMediaTypeOf({ mediaType }: DriveFile): string | undefined {
  if (mediaType === FOLDER_MEDIA_TYPE) throw new Fault('BAD_INPUT', 'This is a folder. Use the id of a file in it.');
  if (!mediaType.startsWith(GOOGLE_TYPE_PREFIX)) return undefined;
  const as = EXPORT_MEDIA_TYPES[mediaType];
  if (as !== undefined) return as;
  const kind = mediaType.slice(GOOGLE_TYPE_PREFIX.length);
  throw new Fault('BAD_INPUT', `Google cannot export files of the kind "${kind}". Choose another file.`);
}

/** Requested fields; `size` is absent for Google's own documents. */
export const FILE_FIELDS = 'id,name,mimeType,size,modifiedTime,webViewLink';

/** Parses a file resource of Drive v3. @throws Fault when it is malformed */
export function parseGoogleFile(json: Json | undefined): DriveFile {
  const { id, name, mimeType, size, modifiedTime, webViewLink } = isJsonObject(json) ? json : {};
  if (typeof id !== 'string' || typeof name !== 'string' || typeof mimeType !== 'string') {
    throw new Fault('RESOURCE_UNREACHABLE', 'Google Drive returned a malformed file. Try again later.');
  }
  // An int64, which is text in JSON.
  const bytes = typeof size === 'string' ? Number(size) : Number.NaN;
  return {
    id,
    name,
    mediaType: mimeType,
    ...(Number.isSafeInteger(bytes) && { size: bytes }),
    ...(typeof modifiedTime === 'string' && { modifiedAt: modifiedTime }),
    ...(typeof webViewLink === 'string' && { url: webViewLink }),
  };
}
