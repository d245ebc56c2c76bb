import { Type } from 'typebox';
import { checkSchema, readJson } from './conversion/read-json.ts';
import { JSON_MEDIA_TYPE, runConversion } from './conversion/run-conversion.ts';
import { release, toContent } from './conversion/spooled.ts';
import { defineCommand, resource } from './definition/define-command.ts';
import { Delimiter, ResourceInput, SchemaUri } from './definition/options.ts';

export const convertToCsv = defineCommand({
  name: 'convertToCsv',
  title: 'Convert to CSV',
  description:
    'A JSON list of objects, or {fields, rows}, as CSV (RFC 4180). A source in another format is first read as ' +
    'convertToJson reads it; with a schema that JSON must fit.',
  effect: 'pure',
  options: Type.Object({
    source: ResourceInput,
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
  async run({ source, schemaUri, ...csv }, ctx) {
    const json = await readJson(source, {}, ctx);
    try {
      await checkSchema(json, schemaUri, ctx);
      const made = await runConversion(json, JSON_MEDIA_TYPE, { to: 'CSV', ...csv }, ctx);
      return resource('text/csv; charset=utf-8', toContent(made));
    } finally {
      await release(json);
    }
  },
});
