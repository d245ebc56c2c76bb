import { Type } from 'typebox';
import { MAX_VALIDATED_BYTES } from './conversion/read-json.ts';
import { release, spoolBody, toBytes } from './conversion/spooled.ts';
import { defineCommand, resource } from './definition/define-command.ts';
import { ResourceInput, SchemaUri } from './definition/options.ts';

/** Pure: every protocol only reads, and GET is safe (RFC 9110 §9.2.1). */
export const fetch = defineCommand({
  name: 'fetch',
  title: 'Fetch',
  description:
    'Reads a resource as it is: the same bytes, the same media type. With a schema it must be JSON that fits.',
  effect: 'pure',
  options: Type.Object({ source: ResourceInput, schemaUri: SchemaUri }),
  async run({ source, schemaUri }, ctx) {
    const body = await ctx.read(source);
    if (schemaUri === undefined) return resource(body.mediaType, body.stream());
    const held = await spoolBody(body, ctx);
    try {
      const bytes = await toBytes(held, MAX_VALIDATED_BYTES, 'Data to be checked against a schema');
      await ctx.validate(bytes, schemaUri);
      return resource(body.mediaType, bytes);
    } finally {
      await release(held);
    }
  },
});
