import { MIMEType } from 'node:util';
import { LRUCache } from 'lru-cache';

/** RFC 6838 section 4.2, after WHATWG parsing: both names begin with a letter or digit, at most 127 characters each. */
const ESSENCE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

const MAX_LENGTH = 512;

/**
 * A media type, parsed as WHATWG MIME Sniffing section 4.4 does: names in lower case, malformed parameters dropped.
 * Undefined when the text is not a media type.
 */
export function parseMediaType(text: string): MIMEType | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const parsed = new MIMEType(text);
    return ESSENCE.test(parsed.essence) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The media type without its parameters, in lower case. Accepts any text. */
export function essenceOf(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}

/** By media type; empty without a charset. There are few, and one read looks up each several times. */
const charsets = new LRUCache<string, string>({ max: 256 });

/** The charset parameter of the media type, in lower case; undefined without one. */
export function charsetOf(mediaType: string): string | undefined {
  let charset = charsets.get(mediaType);
  if (charset === undefined) {
    charset = parseMediaType(mediaType)?.params.get('charset')?.trim().toLowerCase() ?? '';
    if (mediaType.length <= MAX_LENGTH) charsets.set(mediaType, charset);
  }
  return charset || undefined;
}

const DECLARED_ENCODING = /^\s*<\?xml[^>]*\sencoding\s*=/;

/**
 * The media type of text that is written as UTF-8: it says so where its charset, or an XML declaration in the text, may say
 * otherwise (RFC 7303 section 3).
 */
export function mediaTypeInUtf8(mediaType: string, text: string): string {
  const charset = charsetOf(mediaType);
  if (charset === 'utf-8' || (charset === undefined && !DECLARED_ENCODING.test(text))) return mediaType;
  const type = parseMediaType(mediaType);
  type?.params.set('charset', 'utf-8');
  return type?.toString() ?? mediaType;
}

const BY_EXTENSION: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: 'text/html',
  html: 'text/html',
  j2: 'text/plain',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  jsonl: 'application/jsonl',
  md: 'text/markdown',
  ndjson: 'application/x-ndjson',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  webp: 'image/webp',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  zip: 'application/zip',
};

/** The media type of a file, by its extension; `application/octet-stream` when that is unknown. */
export function mediaTypeOfFile(name: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return (Object.hasOwn(BY_EXTENSION, extension) && BY_EXTENSION[extension]) || 'application/octet-stream';
}

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

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'application/xml': '.xml',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/plain': '.txt',
};

/** The usual ending of a file's name, with its dot; `.bin` for types not listed here. */
export function extensionOf(mediaType: string): string {
  return EXTENSIONS[essenceOf(mediaType)] ?? '.bin';
}
