import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { decodeText } from '../resources/content/decode-text.ts';
import { defineTool } from './define-tool.ts';
import type { Drive, DriveFile, DriveResolver } from './drive/drive.ts';
import { DriveFileId, DriveFileSchema, DriveSource, toDriveFileOutput } from './drive/drive-file-schema.ts';
import { isTextual } from './shared/is-textual.ts';

/** More would fill the context of a model that only looks. */
const MAX_TEXT_BYTES = 64 * 1024;
/** What Google exports as text. */
const EXPORTED_AS_TEXT = /^application\/vnd\.google-apps\.(document|spreadsheet|presentation)$/;

export const driveGet = (drive: DriveResolver) =>
  defineTool({
    name: 'drive.get',
    title: 'Look at a file of a drive',
    description:
      'Tells name, media type, size and time of a file, and its text where that is text of at most 64 KiB. Google documents come as Markdown, the first sheet of a spreadsheet as CSV, presentations as plain text.',
    effect: 'pure',
    input: Type.Object({ id: DriveFileId }),
    output: Type.Object({
      source: DriveSource,
      file: DriveFileSchema,
      text: Type.Optional(Type.String({ description: 'Absent when the file is large, or is no text.' })),
    }),
    async run({ id }, ctx) {
      const from = await drive(ctx.user);
      const file = await from.get(id, ctx.signal);
      const text = await readSmallText(from, file, ctx.signal);
      return { source: from.source, file: toDriveFileOutput(file), ...(text !== undefined && { text }) };
    },
  });

async function readSmallText(drive: Drive, file: DriveFile, signal: AbortSignal): Promise<string | undefined> {
  const mayBeText = isTextual(file.mediaType) || EXPORTED_AS_TEXT.test(file.mediaType);
  if (!mayBeText || (file.size ?? 0) > MAX_TEXT_BYTES) return undefined;
  try {
    const { bytes, mediaType } = await drive.download(file.id, MAX_TEXT_BYTES, signal);
    return decodeText(bytes, mediaType);
  } catch (error) {
    // What is no text after all, and an export that turns out to be long.
    if (error instanceof Fault && (error.code === 'RESOURCE_TOO_LARGE' || error.code === 'BAD_INPUT')) return undefined;
    throw error;
  }
}
