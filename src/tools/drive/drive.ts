import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';

/** A file or folder in a drive. */
export interface DriveFile {
  /** Opaque; the same for as long as the file is where it is. */
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** In bytes; absent where there are none to count, as with folders and documents of Google's own kinds. */
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly modifiedAt?: string;
  /** For a person's browser. */
  readonly url?: string;
}

/** Media type of a folder, in every drive: as Google writes it. */
export const FOLDER_MEDIA_TYPE = 'application/vnd.google-apps.folder';

export interface DriveDownload {
  readonly file: DriveFile;
  /** Of these bytes: another one than the file's where it had to be exported. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface DriveUpload {
  /** Without slashes. It replaces nothing: two files may have been uploaded under one name. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Id of a folder; the topmost one unless told. */
  readonly folder?: string;
}

/** Somebody's files, wherever they lie; the same for Google's Drive and for a local folder. */
export interface Drive {
  /** Told with every result, so that nobody takes one for the other. */
  readonly source: 'google drive' | 'local folder';
  /** Files and folders that have every word in their name or their text, the most fitting first. */
  search(query: string, limit: number, signal: AbortSignal): Promise<readonly DriveFile[]>;
  /** @throws Fault NOT_FOUND */
  get(id: string, signal: AbortSignal): Promise<DriveFile>;
  /** @throws Fault NOT_FOUND, RESOURCE_TOO_LARGE, BAD_INPUT for what has no bytes */
  download(id: string, maxBytes: number, signal: AbortSignal): Promise<DriveDownload>;
  /** @throws Fault NOT_FOUND when there is no such folder, BAD_INPUT for a name that cannot be */
  upload(upload: DriveUpload, signal: AbortSignal): Promise<DriveFile>;
}

/** The drive of a principal: Google's, when he has connected his; otherwise his tenant's folder. */
export type DriveResolver = (who: User) => Promise<Drive>;

export function fileTooLargeFault(maxBytes: number): Fault {
  return new Fault('RESOURCE_TOO_LARGE', `The file has more than ${maxBytes} bytes. Take a smaller one.`);
}
