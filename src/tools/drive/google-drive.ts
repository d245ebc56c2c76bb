import { Fault } from '../../core/errors.ts';
import { type Drive, type DriveFile, fileTooLargeFault } from './drive.ts';
import type { GoogleApi } from './google-api.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';
import { exportMediaTypeOf, FILE_FIELDS, parseGoogleFile } from './google-file.ts';
import { uploadToGoogle } from './google-upload.ts';

export interface GoogleDriveDeps {
  readonly api: GoogleApi;
  readonly endpoints: GoogleEndpoints;
}

/** Google may return empty pages before the last one. */
const MAX_PAGES = 10;
/** Includes files of shared drives in every request. */
const SHARED_DRIVES_QUERY = { supportsAllDrives: 'true' };

/** The Google Drive of one user, over Drive API v3. */
export function googleDrive({ api, endpoints }: GoogleDriveDeps): Drive {
  const urlOf = (path: string, query: Readonly<Record<string, string>>) =>
    `${endpoints.drive}/${path}?${new URLSearchParams(query)}`;
  const fileUrl = (id: string, query: Readonly<Record<string, string>>) =>
    urlOf(`files/${encodeURIComponent(requireFileId(id))}`, { ...query, ...SHARED_DRIVES_QUERY });
  const get = async (id: string, signal: AbortSignal) =>
    parseGoogleFile(await api.json({ url: fileUrl(id, { fields: FILE_FIELDS }), signal }));

  return {
    source: 'google drive',
    get,
    async search(query, limit, signal) {
      const found: DriveFile[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < MAX_PAGES && found.length < limit; page += 1) {
        const url = urlOf('files', {
          q: queryFor(query),
          pageSize: String(limit - found.length),
          fields: `nextPageToken,files(${FILE_FIELDS})`,
          includeItemsFromAllDrives: 'true',
          ...SHARED_DRIVES_QUERY,
          ...(pageToken !== undefined && { pageToken }),
        });
        const { files, nextPageToken } = await api.json({ url, signal });
        if (Array.isArray(files)) found.push(...files.map(parseGoogleFile));
        if (typeof nextPageToken !== 'string') break;
        pageToken = nextPageToken;
      }
      return found.slice(0, limit);
    },
    async download(id, maxBytes, signal) {
      const file = await get(id, signal);
      const as = exportMediaTypeOf(file);
      if ((file.size ?? 0) > maxBytes) throw fileTooLargeFault(maxBytes);
      const url =
        as === undefined
          ? fileUrl(id, { alt: 'media' })
          : urlOf(`files/${encodeURIComponent(id)}/export`, { mimeType: as });
      const read = async (response: Response) => new Uint8Array(await response.arrayBuffer());
      const bytes = await api.request({ url, maxBytes, headers: { accept: '*/*' }, signal }, read);
      return { file, mediaType: as ?? file.mediaType, bytes };
    },
    upload: (upload, signal) => uploadToGoogle({ api, endpoints, get }, upload, signal),
  };
}

/** Requires every word in the name or in the text. `name contains` matches only beginnings of words, hence both. */
function queryFor(query: string): string {
  const words = query.split(/\s+/).filter(Boolean);
  const inName = words.map((word) => `name contains ${quoteTerm(word)}`).join(' and ');
  return `((${inName}) or fullText contains ${quoteTerm(words.join(' '))}) and trashed = false`;
}

/** Quotes as the query language requires: \' and \\ within single quotes. */
function quoteTerm(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}

/** Rejects dots, which would be path segments in the URL. */
function requireFileId(id: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(id)) return id;
  throw new Fault('NOT_FOUND', 'This is not the id of a file in Google Drive. Use an id that drive.search returned.');
}
