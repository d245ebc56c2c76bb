import { Resource } from '../nodes/refs.ts';
import { decodeUtf8, parseJsonOrNull, readInline } from '../nodes/resource-view.ts';

Resource.implement({
  description:
    'Bytes and their media type, found at a URI. The content is read only when one of `base64`, `text` and `json` is asked for; a response carries 8 MiB of it at most.',
  fields: (t) => ({
    uri: t.expose('uri', {
      type: 'URI',
      description: 'Where it came from; `artifact:sha256/…` for what a run made, readable again under that URI.',
    }),
    mediaType: t.expose('mediaType', { type: 'MediaType', description: 'What the bytes are.' }),
    size: t.expose('size', { type: 'SafeInt', description: 'How many bytes.' }),
    digest: t.expose('digest', { type: 'Sha256', description: 'SHA-256 of the bytes.' }),
    base64: t.field({
      type: 'Base64',
      description:
        'The bytes. RESOURCE_TOO_LARGE when the response would grow too large: then download them from `url`.',
      extensions: { cost: 20 },
      resolve: async (view, _args, ctx) => Buffer.from(await readInline(view, ctx)).toString('base64'),
    }),
    text: t.string({
      nullable: true,
      description: 'The bytes as text. Null when they are not UTF-8.',
      extensions: { cost: 20 },
      resolve: async (view, _args, ctx) => decodeUtf8(await readInline(view, ctx)),
    }),
    json: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The bytes as JSON. Null when they are not JSON.',
      extensions: { cost: 20 },
      resolve: async (view, _args, ctx) => parseJsonOrNull(await readInline(view, ctx)),
    }),
    url: t.exposeString('url', {
      nullable: true,
      description:
        'Where it is downloaded by plain HTTP, relative to this server, with the same token. Null for what was read and is not stored.',
    }),
  }),
});
