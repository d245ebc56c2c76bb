import { parseMediaType } from '../../lib/media-type.ts';

const TEXT_MEDIA_TYPES = new Set([
  'application/json',
  'application/jsonl',
  'application/x-ndjson',
  'application/xml',
  'application/yaml',
]);

/** True for bytes that a person or a model can read as they are. */
export function isTextual(mediaType: string): boolean {
  const { type, essence } = parseMediaType(mediaType) ?? { type: '', essence: '' };
  return type === 'text' || TEXT_MEDIA_TYPES.has(essence) || /\+(json|xml|yaml)$/.test(essence);
}
