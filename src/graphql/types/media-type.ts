import { GraphQLError } from 'graphql';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

const NAME = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const MEDIA_TYPE = new RegExp(`^${NAME}/${NAME}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|"[^"\\\\\\r\\n]*"))*$`);
const MAX_LENGTH = 255;

builder.scalarType('MediaType', {
  description: 'A media type (RFC 6838), parameters allowed: `text/csv`, `text/html; charset=utf-8`.',
  serialize: String,
  parseValue: parseMediaType,
});

/** @throws GraphQLError when the value is no media type. */
export function parseMediaType(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !MEDIA_TYPE.test(value)) {
    throw new GraphQLError('A MediaType is a type, a slash and a subtype, for example "text/csv; charset=utf-8".');
  }
  return value;
}
