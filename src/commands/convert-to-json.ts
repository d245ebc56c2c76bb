import { Type } from 'typebox';
import { checkSchema, readJson } from './conversion/read-json.ts';
import { JSON_MEDIA_TYPE } from './conversion/run-conversion.ts';
import { release, toContent } from './conversion/spooled.ts';
import { defineCommand, resource } from './definition/define-command.ts';
import { Delimiter, ResourceInput, SchemaUri } from './definition/options.ts';

function columns(description: string) {
  return Type.Array(Type.String(), { minItems: 1, maxItems: 16_384, description });
}

export const convertToJson = defineCommand({
  name: 'convertToJson',
  title: 'Convert to JSON',
  description:
    'CSV as {fields, rows}, XML as an object, text as a list of lines; JSON stays as it is. ' +
    'With a schema the result must fit it.',
  effect: 'pure',
  options: Type.Object({
    source: ResourceInput,
    schemaUri: SchemaUri,
    mode: Type.Unsafe<'AUTO' | 'CSV' | 'JSON' | 'XML' | 'LINES'>({
      title: 'ConversionMode',
      type: 'string',
      enum: ['AUTO', 'CSV', 'JSON', 'XML', 'LINES'],
      default: 'AUTO',
      description: 'What the source is. AUTO goes by its media type, and where that tells nothing by how it begins.',
    }),
    delimiter: Type.Optional(Delimiter('Between the fields of CSV. Found out from the first record when absent.')),
    header: Type.Boolean({
      default: true,
      description: 'The first record of CSV holds the names. Without it they are column1, column2 and so on.',
    }),
    numbers: Type.Optional(
      columns(
        'Columns of CSV with numbers, which become JSON numbers with the same digits; an empty value becomes null.',
      ),
    ),
    decimalSeparator: Type.Optional(
      Type.Unsafe<'.' | ','>({
        type: 'string',
        pattern: '^[.,]$',
        description: 'Between the whole and the fraction in `numbers`: "." or ",". Default ".".',
      }),
    ),
    dates: Type.Optional(
      columns(
        'Columns of CSV with dates, which become YYYY-MM-DD, or YYYY-MM-DDTHH:mm:ss where the format has HH; an empty value becomes null.',
      ),
    ),
    dateFormat: Type.Optional(
      Type.String({
        maxLength: 40,
        description:
          'How `dates` are written: YYYY, MM or M, DD or D, and perhaps HH, mm, ss, such as DD.MM.YYYY. Default YYYY-MM-DD.',
      }),
    ),
  }),
  async run({ source, schemaUri, ...options }, ctx) {
    const json = await readJson(source, options, ctx);
    try {
      await checkSchema(json, schemaUri, ctx);
    } catch (error) {
      await release(json);
      throw error;
    }
    return resource(JSON_MEDIA_TYPE, toContent(json));
  },
});
