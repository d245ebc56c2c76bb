import { Type } from 'typebox';
import { defineTool } from './define-tool.ts';
import type { DriveResolver } from './drive/drive.ts';
import { DriveFileSchema, DriveSource, toDriveFileOutput } from './drive/drive-file-schema.ts';

export const driveSearch = (drive: DriveResolver) =>
  defineTool({
    name: 'drive.search',
    title: 'Search a drive',
    description:
      'Finds files and folders whose name or text contains all words. Searches the caller’s connected Google Drive, otherwise a local folder; the result says which.',
    effect: 'pure',
    input: Type.Object({
      query: Type.String({
        minLength: 1,
        maxLength: 500,
        pattern: '\\S',
        description: 'Words, in any order and case.',
      }),
      limit: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 100,
          default: 10,
          description: 'Maximum number of files. Maximum 100; default 10.',
        }),
      ),
    }),
    output: Type.Object({
      source: DriveSource,
      files: Type.Array(DriveFileSchema, { description: 'Best matches first.' }),
    }),
    async run({ query, limit = 10 }, ctx) {
      const { source, search } = await drive(ctx.user);
      const files = await search(query, limit, ctx.signal);
      return { source, files: files.map(toDriveFileOutput) };
    },
  });
