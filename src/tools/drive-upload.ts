import { type Static, Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import type { Body, ResourceInput } from '../core/resource.ts';
import { mediaTypeOfFile, parseMediaType } from '../lib/media-type.ts';
import { defineTool } from './define-tool.ts';
import type { DriveResolver } from './drive/drive.ts';
import { DriveFileSchema, DriveSource, toDriveFileOutput } from './drive/drive-file-schema.ts';

const Input = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^[^/\\\\\\u0000-\\u001f\\u007f]+$',
    description: 'Name of the file, without folders. An existing file with the same name is kept next to it.',
  }),
  text: Type.Optional(Type.String({ description: 'Content as text. Set exactly one of text, base64 and uri.' })),
  base64: Type.Optional(
    Type.String({ description: 'Content as base64 (RFC 4648). Set exactly one of text, base64 and uri.' }),
  ),
  uri: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 65_536,
      description:
        'URI to read the content from, such as an artifact: URI; the policy must allow it. Set exactly one of text, base64 and uri.',
    }),
  ),
  media_type: Type.Optional(
    Type.String({ description: 'Media type of the content. Default: that of the uri or the name.' }),
  ),
  folder: Type.Optional(Type.String({ maxLength: 8_192, description: 'Id of a folder. Default: the root folder.' })),
});

export const driveUpload = (drive: DriveResolver) =>
  defineTool({
    name: 'drive.upload',
    title: 'Upload a file to a drive',
    description:
      'Creates a file in the caller’s connected Google Drive, otherwise in a local folder; the result says which. Replaces nothing.',
    effect: 'external',
    input: Input,
    output: Type.Object({ source: DriveSource, file: DriveFileSchema }),
    async run(input, ctx) {
      const { name, folder } = input;
      const explicitType = parseTypeOption(input.media_type);
      const body = await ctx.read(contentSource(input));
      const mediaType = explicitType ?? inferMediaType(body, input);
      const bytes = await body.bytes();
      const { source, upload } = await drive(ctx.user);
      const file = await upload({ name, mediaType, bytes, ...(folder !== undefined && { folder }) }, ctx.signal);
      return { source, file: toDriveFileOutput(file) };
    },
  });

function contentSource({ text, base64, uri }: Static<typeof Input>): ResourceInput {
  const sources: readonly ResourceInput[] = [
    ...(text === undefined ? [] : [{ text: { text } }]),
    ...(base64 === undefined ? [] : [{ bytes: { base64 } }]),
    ...(uri === undefined ? [] : [{ uri }]),
  ];
  const [only, another] = sources;
  if (only && !another) return only;
  throw new Fault(
    'BAD_INPUT',
    `drive.upload requires exactly one of text, base64 and uri; received ${sources.length}. Set one of them.`,
  );
}

function parseTypeOption(text: string | undefined): string | undefined {
  const type = text === undefined ? undefined : parseMediaType(text);
  if (text === undefined || type) return type?.toString();
  throw new Fault('BAD_INPUT', 'media_type is not a media type (RFC 6838). Use one such as text/csv.');
}

/** The name is more specific than content without a type. */
function inferMediaType(body: Body, { name, uri, text }: Static<typeof Input>): string {
  if (uri !== undefined) return body.mediaType;
  const byName = mediaTypeOfFile(name);
  return byName === 'application/octet-stream' && text !== undefined ? 'text/plain' : byName;
}
