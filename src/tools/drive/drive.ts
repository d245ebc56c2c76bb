import { Fault } from '../../core/errors.ts';
import type { User } from '../../core/principal.ts';

/** A file or folder in a drive. */
export interface DriveFile {
  /** Opaque; stable as long as the file is not moved. */
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** In bytes; absent for folders and Google's own documents. */
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly modifiedAt?: string;
  /** For a browser. */
  readonly url?: string;
}

/** Media type of a folder, in every drive. */
export const FOLDER_MEDIA_TYPE = 'application/vnd.google-apps.folder';

interface DriveDownload {
  readonly file: DriveFile;
  /** Of these bytes: differs from the file's when it was exported. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface DriveUpload {
  /** Without slashes. An upload replaces nothing: several files may have the same name. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Id of a folder; default: the root folder. */
  readonly folder?: string;
}

/** The files of a user: a Google Drive or a local folder. */
export interface Drive {
  /** Part of every result, so that one is not mistaken for the other. */
  readonly source: 'google drive' | 'local folder';
  /** Files and folders with every word in their name or text, best matches first. */
  search(query: string, limit: number, signal: AbortSignal): Promise<readonly DriveFile[]>;
  /** @throws Fault NOT_FOUND */
  get(id: string, signal: AbortSignal): Promise<DriveFile>;
  /** @throws Fault NOT_FOUND, RESOURCE_TOO_LARGE, BAD_INPUT for a file without bytes */
  download(id: string, maxBytes: number, signal: AbortSignal): Promise<DriveDownload>;
  /** @throws Fault NOT_FOUND for an unknown folder, BAD_INPUT for an invalid name */
  upload(upload: DriveUpload, signal: AbortSignal): Promise<DriveFile>;
}

/** The drive of a principal: the connected Google Drive, or else the folder of the tenant. */
export type DriveResolver = (user: User) => Promise<Drive>;

export function fileTooLargeFault(maxBytes: number): Fault {
  return new Fault('RESOURCE_TOO_LARGE', `The file has more than ${maxBytes} bytes. Use a smaller one.`);
}
