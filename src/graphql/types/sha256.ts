import { GraphQLError } from 'graphql';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.scalarType('Sha256', {
  description: 'A SHA-256 digest as 64 lower-case hexadecimal digits.',
  serialize: String,
  parseValue: parseSha256,
});

/** The digest in lower case. @throws GraphQLError when the value is none */
export function parseSha256(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-fA-F]{64}$/.test(value)) {
    throw new GraphQLError('A Sha256 is 64 hexadecimal digits.');
  }
  return value.toLowerCase();
}
