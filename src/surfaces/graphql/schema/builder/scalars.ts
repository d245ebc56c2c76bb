import { GraphQLError } from 'graphql';
import { Fault } from '../../../../core/errors.ts';
import { decodeCursor, encodeCursor } from '../../../../core/journal.ts';
import { builder } from './builder.ts';

const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

builder.scalarType('DateTime', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  description:
    'A point in time, as RFC 3339 text. Output is in UTC with milliseconds: `2026-11-20T09:30:00.000Z`. Input may have any offset.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
});

/** @throws GraphQLError when the value is not an RFC 3339 date-time, or names a day that does not exist. */
function parseDateTime(value: unknown): Date {
  const [, year, month, day] = (typeof value === 'string' && RFC_3339.exec(value)) || [];
  if (!year || Number(day) < 1 || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) {
    throw new GraphQLError('A DateTime must be RFC 3339 text with an offset, for example "2026-11-20T09:30:00Z".');
  }
  return new Date((value as string).toUpperCase());
}

const STARTS_WITH_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:[\s\S]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are forbidden
const FORBIDDEN_CHARACTERS = /[\u0000-\u0020\u007f]/;

builder.scalarType('URI', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3986',
  description:
    'An absolute URI (RFC 3986), for example `https://example.com/a.csv`, `file:///data/sales.csv` or `data:text/csv,a%0A1`. `catalog.protocols` lists the schemes that this server reads.',
  serialize: String,
  parseValue: parseUri,
});

/** @throws GraphQLError when the value has no scheme, or contains spaces or control characters. */
function parseUri(value: unknown): string {
  if (typeof value !== 'string' || !STARTS_WITH_SCHEME.test(value) || FORBIDDEN_CHARACTERS.test(value)) {
    throw new GraphQLError(
      'A URI must begin with a scheme and must not contain spaces or control characters, for example "https://example.com/a.csv".',
    );
  }
  return value;
}

builder.scalarType('Base64', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4648',
  description: 'Bytes as base64 (RFC 4648, section 4): the alphabet with `+` and `/`, padded with `=`, no line breaks.',
  serialize: String,
  parseValue: parseBase64,
});

/** The text itself. @throws GraphQLError when it is not base64 */
function parseBase64(value: unknown): string {
  if (typeof value !== 'string' || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw new GraphQLError(
      'Base64 must consist of A-Z, a-z, 0-9, + and /, padded with = to a multiple of four characters.',
    );
  }
  return value;
}

const RESTRICTED_NAME = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const MEDIA_TYPE = new RegExp(
  `^${RESTRICTED_NAME}/${RESTRICTED_NAME}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|"[^"\\\\\\r\\n]*"))*$`,
);
const MAX_MEDIA_TYPE_CHARACTERS = 255;

builder.scalarType('MediaType', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc6838',
  description: 'A media type (RFC 6838), with or without parameters: `text/csv`, `text/html; charset=utf-8`.',
  serialize: String,
  parseValue: parseMediaType,
});

/** @throws GraphQLError when the value is not a media type. */
function parseMediaType(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_MEDIA_TYPE_CHARACTERS || !MEDIA_TYPE.test(value)) {
    throw new GraphQLError('A MediaType must be a type, a slash and a subtype, for example "text/csv; charset=utf-8".');
  }
  return value;
}

builder.scalarType('Cursor', {
  specifiedByURL: 'https://relay.dev/graphql/connections.htm',
  description:
    'A position in the journal, as opaque text. Keep the cursor of the last event or batch that you handled, and pass it as `after` to continue without gap or repetition.',
  serialize: (value) => encodeCursor(value as number),
  parseValue: parseCursor,
});

/** The journal position of a cursor. @throws GraphQLError when it is not a cursor of this server */
function parseCursor(value: unknown): number {
  try {
    return decodeCursor(typeof value === 'string' ? value : '');
  } catch (error) {
    if (error instanceof Fault) throw new GraphQLError(error.message);
    throw error;
  }
}

builder.scalarType('Sha256', {
  specifiedByURL: 'https://doi.org/10.6028/NIST.FIPS.180-4',
  description: 'A SHA-256 digest, as 64 lower-case hexadecimal digits.',
  serialize: String,
  parseValue: parseSha256,
});

/** The digest in lower case. @throws GraphQLError when the value is not a digest */
function parseSha256(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-fA-F]{64}$/.test(value)) {
    throw new GraphQLError('A Sha256 must be 64 hexadecimal digits.');
  }
  return value.toLowerCase();
}

builder.scalarType('SafeInt', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc7493',
  description:
    'A whole number between −(2^53 − 1) and 2^53 − 1, as a JSON number. Every language represents it exactly.',
  serialize: (value) => parseSafeInt(value),
  parseValue: parseSafeInt,
});

/** @throws GraphQLError when the value is not a whole number in that range. */
function parseSafeInt(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new GraphQLError('A SafeInt must be a whole number between −(2^53 − 1) and 2^53 − 1.');
  }
  return value;
}
