import { Type } from 'typebox';
import { defineQuery } from './define-query.ts';

/** Reads one resource. For a list of URIs, callers run it for each, so that one failure does not affect the others. */
export const resources = defineQuery({
  name: 'resources',
  title: 'Read resources',
  description:
    'Reads a resource as it is: the same bytes, the same media type. With a schema it must be JSON that fits.',
  options: Type.Object({
    uri: Type.Unsafe<string>({
      'x-signalbox': 'uri',
      type: 'string',
      minLength: 1,
      maxLength: 65_536,
      description: 'What to read.',
    }),
    schemaUri: Type.Optional(
      Type.Unsafe<string>({
        'x-signalbox': 'schema',
        type: 'string',
        minLength: 1,
        maxLength: 4_096,
        description: 'URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the resource must fit.',
      }),
    ),
  }),
  async run({ uri, schemaUri }, ctx) {
    const body = await ctx.read({ uri });
    const bytes = await body.bytes();
    if (schemaUri !== undefined) await ctx.validate(bytes, schemaUri);
    return { uri: body.uri, mediaType: body.mediaType, bytes };
  },
});
