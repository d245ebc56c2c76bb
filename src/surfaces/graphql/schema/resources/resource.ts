import { Resource } from '../nodes/refs.ts';
import { decodeUtf8, parseJsonOrNull, readInline } from '../nodes/resource-view.ts';

Resource.implement({
  description:
    'Bytes and their media type, at a URI. The content is read only when `base64`, `text` or `json` is selected. A response contains at most 8 MiB of content.',
  fields: (t) => ({
    uri: t.expose('uri', {
      type: 'URI',
      description:
        'URI of the resource; `artifact:sha256/…` for the output of a run, which can be read again at that URI.',
    }),
    mediaType: t.expose('mediaType', { type: 'MediaType', description: 'Media type of the bytes.' }),
    size: t.expose('size', { type: 'SafeInt', description: 'Number of bytes.' }),
    digest: t.expose('digest', { type: 'Sha256', description: 'SHA-256 of the bytes.' }),
    base64: t.field({
      type: 'Base64',
      description:
        'The bytes. RESOURCE_TOO_LARGE when the response would become too large; download them from `url` then.',
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
      description: 'Path for the download over HTTP, with the same token. Null when the resource is not stored.',
    }),
  }),
});
