import { type Static, Type } from 'typebox';
import type { DriveFile } from './drive.ts';

/** Where the files of a result are: those who have connected no Google Drive get a folder of this server. */
export const DriveSource = Type.Union([Type.Literal('google drive'), Type.Literal('local folder')], {
  description:
    'Whose files these are: of the caller’s Google Drive, or of the local folder that stands in for it where none is connected.',
});

/** Id of a file, as a result gave it. */
export const DriveFileId = Type.String({
  minLength: 1,
  maxLength: 8_192,
  description: 'Id of the file, as drive.search or drive.upload gave it.',
});

export const DriveFileSchema = Type.Object(
  {
    id: Type.String({ description: 'Opaque; what drive.get and drive.download take.' }),
    name: Type.String({ description: 'Its name, without folders.' }),
    media_type: Type.String({ description: 'RFC 6838; application/vnd.google-apps.folder for a folder.' }),
    size: Type.Optional(Type.Integer({ description: 'In bytes; absent for folders and Google’s own documents.' })),
    modified_at: Type.Optional(Type.String({ description: 'When it was changed last; ISO 8601, UTC.' })),
    url: Type.Optional(Type.String({ description: 'Opens it in a browser; absent in a local folder.' })),
  },
  { description: 'A file or a folder.' },
);

/** The file as a tool tells of it. */
export function toDriveFileOutput({ mediaType, modifiedAt, ...file }: DriveFile): Static<typeof DriveFileSchema> {
  return { ...file, media_type: mediaType, ...(modifiedAt !== undefined && { modified_at: modifiedAt }) };
}
