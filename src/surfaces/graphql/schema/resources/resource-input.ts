import type { ResourceInput as Source } from '../../../../core/resource.ts';
import { builder } from '../builder/builder.ts';

const InlineText = builder.inputType('InlineText', {
  description: 'Text that is sent along.',
  fields: (t) => ({
    text: t.string({ required: true, description: 'The text itself.' }),
    mediaType: t.field({ type: 'MediaType', defaultValue: 'text/plain', description: 'What the text is.' }),
  }),
});

const InlineBytes = builder.inputType('InlineBytes', {
  description: 'Bytes that are sent along.',
  fields: (t) => ({
    base64: t.field({ type: 'Base64', required: true, description: 'The bytes themselves.' }),
    mediaType: t.field({
      type: 'MediaType',
      defaultValue: 'application/octet-stream',
      description: 'What the bytes are.',
    }),
  }),
});

export const ResourceInput = builder.inputType('ResourceInput', {
  description:
    'A resource to work on: exactly one of the three. Larger content than a request takes (1 MiB) is uploaded first, with `POST /artifacts`.',
  isOneOf: true,
  fields: (t) => ({
    uri: t.field({ type: 'URI', description: 'Where it is read, under the policy.' }),
    text: t.field({ type: InlineText, description: 'The text itself.' }),
    bytes: t.field({ type: InlineBytes, description: 'The bytes themselves.' }),
  }),
});

/** As the engine takes it: without what was left out. */
export function toResourceInput({ uri, text, bytes }: typeof ResourceInput.$inferInput): Source {
  if (uri != null) return { uri };
  if (text) return { text: { text: text.text, ...(text.mediaType != null && { mediaType: text.mediaType }) } };
  const { base64 = '', mediaType } = bytes ?? {};
  return { bytes: { base64, ...(mediaType != null && { mediaType }) } };
}
