import { Type } from 'typebox';
import { checkSchema, readSourceOrData } from './conversion/read-json.ts';
import { JSON_MEDIA_TYPE, runConversion } from './conversion/run-conversion.ts';
import { release, toContent } from './conversion/spooled.ts';
import { defineCommand, resource } from './definition/define-command.ts';
import { AnyJson, Delimiter, ResourceInput, SchemaUri } from './definition/options.ts';

const MEDIA_TYPE = 'text/csv; charset=utf-8';

export const convertToCsv = defineCommand({
  name: 'convertToCsv',
  title: 'Convert to CSV',
  description:
    'A JSON list of objects, or {fields, rows}, as CSV (RFC 4180). A source in another format is first read as ' +
    'convertToJson reads it; with a schema that JSON must fit.',
  effect: 'pure',
  mediaType: MEDIA_TYPE,
  options: Type.Object({
    source: Type.Optional(ResourceInput),
    data: Type.Optional(AnyJson('The data itself, instead of a source.')),
    schemaUri: SchemaUri,
    delimiter: Delimiter('Between fields.', ','),
    fields: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        maxItems: 16_384,
        description: 'The columns and their order. Without it all that occur, in the order of their first occurrence.',
      }),
    ),
  }),
  async run({ source, data, schemaUri, ...csv }, ctx) {
    const json = await readSourceOrData({ source, data }, ctx);
    try {
      await checkSchema(json, schemaUri, ctx);
      const made = await runConversion(json, JSON_MEDIA_TYPE, { to: 'CSV', ...csv }, ctx);
      return resource(MEDIA_TYPE, toContent(made));
    } finally {
      await release(json);
    }
  },
});
