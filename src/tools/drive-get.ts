import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { isTextual } from '../lib/media-type.ts';
import { decodeText } from '../resources/content/decode-text.ts';
import { defineTool } from './define-tool.ts';
import type { Drive, DriveFile, DriveResolver } from './drive/drive.ts';
import { DriveFileId, DriveFileSchema, DriveSource, toDriveFileOutput } from './drive/drive-file-schema.ts';

/** A longer text would fill the context of a model. */
const MAX_TEXT_BYTES = 64 * 1024;
/** Exported by Google as text. */
const EXPORTED_AS_TEXT = /^application\/vnd\.google-apps\.(document|spreadsheet|presentation)$/;

export const driveGet = (drive: DriveResolver) =>
  defineTool({
    name: 'drive.get',
    title: 'Inspect a file in a drive',
    description:
      'Returns name, media type, size and time of a file, and its text if that has at most 64 KiB. Google documents are exported as Markdown, the first sheet of a spreadsheet as CSV, presentations as plain text.',
    effect: 'pure',
    input: Type.Object({ id: DriveFileId }),
    output: Type.Object({
      source: DriveSource,
      file: DriveFileSchema,
      text: Type.Optional(Type.String({ description: 'Absent when the file is large or not text.' })),
    }),
    async run({ id }, ctx) {
      const userDrive = await drive(ctx.user);
      const file = await userDrive.get(id, ctx.signal);
      const text = await readSmallText(userDrive, file, ctx.signal);
      return { source: userDrive.source, file: toDriveFileOutput(file), ...(text !== undefined && { text }) };
    },
  });

async function readSmallText(drive: Drive, file: DriveFile, signal: AbortSignal): Promise<string | undefined> {
  const mayBeText = isTextual(file.mediaType) || EXPORTED_AS_TEXT.test(file.mediaType);
  if (!mayBeText || (file.size ?? 0) > MAX_TEXT_BYTES) return undefined;
  try {
    const { bytes, mediaType } = await drive.download(file.id, MAX_TEXT_BYTES, signal);
    return decodeText(bytes, mediaType);
  } catch (error) {
    // Either the export is too long, or the file is not text despite its media type.
    if (error instanceof Fault && (error.code === 'RESOURCE_TOO_LARGE' || error.code === 'BAD_INPUT')) return undefined;
    throw error;
  }
}
