import { Type } from 'typebox';
import { defineTool } from './define-tool.ts';
import type { DriveResolver } from './drive/drive.ts';
import { DriveFileId, DriveSource } from './drive/drive-file-schema.ts';

const DEFAULT_MAX_BYTES = 50 * 1024 * 1024;

/** @param maxBytes limit of one file, which is in memory while it is stored */
export const driveDownload = (drive: DriveResolver, maxBytes = DEFAULT_MAX_BYTES) =>
  defineTool({
    name: 'drive.download',
    title: 'Download a file from a drive',
    description:
      'Keeps the bytes of a file as an artifact of the run. Google documents are exported as Markdown, the first sheet of a spreadsheet as CSV, presentations as plain text, drawings as PNG.',
    effect: 'pure',
    input: Type.Object({ id: DriveFileId }),
    output: Type.Object({
      source: DriveSource,
      file: Type.Object(
        {
          name: Type.String({ description: 'Name of the file.' }),
          uri: Type.String({ description: '`artifact:` URI of the bytes.' }),
          media_type: Type.String({ description: 'Media type of these bytes.' }),
          size: Type.Integer({ description: 'In bytes.' }),
          sha256: Type.String({ description: '64 hex digits.' }),
        },
        { description: 'The artifact.' },
      ),
    }),
    async run({ id }, ctx) {
      const { source, download } = await drive(ctx.user);
      const { file, mediaType, bytes } = await download(id, maxBytes, ctx.signal);
      return { source, file: await ctx.saveArtifact(file.name, mediaType, bytes) };
    },
  });
