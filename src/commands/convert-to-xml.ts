import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { checkSchema, readSourceOrData } from './conversion/read-json.ts';
import { JSON_MEDIA_TYPE, runConversion } from './conversion/run-conversion.ts';
import { release, toContent } from './conversion/spooled.ts';
import { isXmlName } from './conversion/xml/typed-xml.ts';
import { defineCommand, resource } from './definition/define-command.ts';
import { AnyJson, ResourceInput, SchemaUri } from './definition/options.ts';

const MEDIA_TYPE = 'application/xml; charset=utf-8';

export const convertToXml = defineCommand({
  name: 'convertToXml',
  title: 'Convert to XML',
  description:
    'JSON as XML that convertToJson turns into the same JSON again. A source in another format is first read as ' +
    'convertToJson reads it; with a schema that JSON must fit.',
  effect: 'pure',
  mediaType: MEDIA_TYPE,
  options: Type.Object({
    source: Type.Optional(ResourceInput),
    data: Type.Optional(AnyJson('The data itself, instead of a source.')),
    schemaUri: SchemaUri,
    rootElement: Type.String({
      default: 'root',
      minLength: 1,
      maxLength: 256,
      description: 'Name of the outermost element.',
    }),
  }),
  async run({ source, data, schemaUri, rootElement }, ctx) {
    if (!isXmlName(rootElement)) {
      const message = 'rootElement is no XML name: letters, digits, _, - and . after a first letter or _.';
      throw new Fault('BAD_INPUT', message, {
        path: ['rootElement'],
        violations: [{ path: '/rootElement', message: 'must be an XML name without a prefix' }],
      });
    }
    const json = await readSourceOrData({ source, data }, ctx);
    try {
      await checkSchema(json, schemaUri, ctx);
      const xml = await runConversion(json, JSON_MEDIA_TYPE, { to: 'XML', rootElement }, ctx);
      return resource(MEDIA_TYPE, toContent(xml));
    } finally {
      await release(json);
    }
  },
});
