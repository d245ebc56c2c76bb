import { Type } from 'typebox';
import { defineCommand, resource } from './definition/define-command.ts';
import { ResourceInput } from './definition/options.ts';

const MEDIA_TYPE = 'text/plain; charset=utf-8';

export const convertToBase64 = defineCommand({
  name: 'convertToBase64',
  title: 'Convert to Base64',
  description: 'The bytes of any resource as Base64 text (RFC 4648 §4), without line breaks.',
  effect: 'pure',
  mediaType: MEDIA_TYPE,
  options: Type.Object({ source: ResourceInput }),
  async run({ source }, ctx) {
    const body = await ctx.read(source);
    return resource(MEDIA_TYPE, encode(body.stream()));
  },
});

/** Three bytes make four characters, so what is left over from a piece goes before the next. */
async function* encode(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece]);
    const whole = bytes.byteLength - (bytes.byteLength % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.toString('base64', 0, whole));
  }
  if (rest.byteLength > 0) yield Buffer.from(rest.toString('base64'));
}
