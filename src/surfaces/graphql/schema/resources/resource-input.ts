import type { ResourceInput as Source } from '../../../../core/resource.ts';
import { builder } from '../builder/builder.ts';

const InlineText = builder.inputType('InlineText', {
  description: 'Text inside the request.',
  fields: (t) => ({
    text: t.string({ required: true, description: 'The text.' }),
    mediaType: t.field({ type: 'MediaType', defaultValue: 'text/plain', description: 'Media type of the text.' }),
  }),
});

const InlineBytes = builder.inputType('InlineBytes', {
  description: 'Bytes inside the request.',
  fields: (t) => ({
    base64: t.field({ type: 'Base64', required: true, description: 'The bytes.' }),
    mediaType: t.field({
      type: 'MediaType',
      defaultValue: 'application/octet-stream',
      description: 'Media type of the bytes.',
    }),
  }),
});

const TypedUri = builder.inputType('TypedUri', {
  description: 'URI of a resource whose source states its media type or charset wrongly, or not at all.',
  fields: (t) => ({
    uri: t.field({ type: 'URI', required: true, description: 'URI of the resource, which is read under the policy.' }),
    mediaType: t.field({ type: 'MediaType', description: 'Media type, instead of the one that the source states.' }),
    charset: t.string({
      description:
        'Charset, such as `windows-1250`, instead of the one in the media type. A byte order mark goes before it.',
    }),
  }),
});

export const ResourceInput = builder.inputType('ResourceInput', {
  description:
    'A resource: exactly one of the four. Upload content that is larger than a request may be (1 MiB) first, with `POST /artifacts`.',
  isOneOf: true,
  fields: (t) => ({
    uri: t.field({ type: 'URI', description: 'URI of the resource, which is read under the policy.' }),
    typedUri: t.field({ type: TypedUri, description: 'URI of the resource, with its media type or charset.' }),
    text: t.field({ type: InlineText, description: 'The text.' }),
    bytes: t.field({ type: InlineBytes, description: 'The bytes.' }),
  }),
});

/** The input in the form of the engine: without absent fields. */
export function toResourceInput({ uri, typedUri, text, bytes }: typeof ResourceInput.$inferInput): Source {
  if (uri != null) return { uri };
  if (typedUri) {
    const { mediaType, charset } = typedUri;
    return { uri: typedUri.uri, ...(mediaType != null && { mediaType }), ...(charset != null && { charset }) };
  }
  if (text) return { text: { text: text.text, ...(text.mediaType != null && { mediaType: text.mediaType }) } };
  const { base64 = '', mediaType } = bytes ?? {};
  return { bytes: { base64, ...(mediaType != null && { mediaType }) } };
}
