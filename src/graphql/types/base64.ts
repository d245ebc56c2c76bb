import { GraphQLError } from 'graphql';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.scalarType('Base64', {
  description: 'Bytes as base64 (RFC 4648, section 4): the alphabet with `+` and `/`, padded with `=`, no line breaks.',
  serialize: String,
  parseValue: parseBase64,
});

/** The text itself, when it is base64. @throws GraphQLError when it is not */
export function parseBase64(value: unknown): string {
  if (typeof value !== 'string' || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw new GraphQLError('Base64 is text of A-Z, a-z, 0-9, + and /, padded with = to a multiple of four characters.');
  }
  return value;
}
