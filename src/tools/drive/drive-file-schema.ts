import { type Static, Type } from 'typebox';
import type { DriveFile } from './drive.ts';

/** Origin of the files of a result: users without a connected Google Drive get a folder of this server. */
export const DriveSource = Type.Union([Type.Literal('google drive'), Type.Literal('local folder')], {
  description: 'Origin of the files: the caller’s Google Drive, or a local folder when no Google Drive is connected.',
});

export const DriveFileId = Type.String({
  minLength: 1,
  maxLength: 8_192,
  description: 'Id of the file, as returned by drive.search or drive.upload.',
});

export const DriveFileSchema = Type.Object(
  {
    id: Type.String({ description: 'Opaque id for drive.get and drive.download.' }),
    name: Type.String({ description: 'Name, without folders.' }),
    media_type: Type.String({ description: 'Media type (RFC 6838); application/vnd.google-apps.folder for a folder.' }),
    size: Type.Optional(Type.Integer({ description: 'Size in bytes; absent for folders and Google’s own documents.' })),
    modified_at: Type.Optional(Type.String({ description: 'Time of the last change; ISO 8601, UTC.' })),
    url: Type.Optional(Type.String({ description: 'URL for a browser; absent in a local folder.' })),
  },
  { description: 'A file or a folder.' },
);

/** The file as tools return it. */
export function toDriveFileOutput({ mediaType, modifiedAt, ...file }: DriveFile): Static<typeof DriveFileSchema> {
  return { ...file, media_type: mediaType, ...(modifiedAt !== undefined && { modified_at: modifiedAt }) };
}
