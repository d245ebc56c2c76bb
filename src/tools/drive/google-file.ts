import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import type { DriveFile } from './drive.ts';

/** What is asked of Google about a file; `size` is absent for documents of its own kinds. */
export const FIELDS = 'id,name,mimeType,size,modifiedTime,webViewLink';

/** A file resource of Drive v3. @throws Fault for what is none */
export function readGoogleFile(json: Json | undefined): DriveFile {
  const { id, name, mimeType, size, modifiedTime, webViewLink } = isJsonObject(json) ? json : {};
  if (typeof id !== 'string' || typeof name !== 'string' || typeof mimeType !== 'string') {
    throw new Fault('RESOURCE_UNREACHABLE', 'Google Drive answers with something that is no file. Try again later.');
  }
  // An int64, which JSON has as text.
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
