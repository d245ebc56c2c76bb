import { GraphQLError } from 'graphql';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.scalarType('SafeInt', {
  description: 'A whole number between −(2^53 − 1) and 2^53 − 1, as a JSON number: what every language keeps exactly.',
  serialize: (value) => parseSafeInt(value),
  parseValue: parseSafeInt,
});

/** @throws GraphQLError when the value is no whole number in that range. */
export function parseSafeInt(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new GraphQLError('A SafeInt is a whole number between −(2^53 − 1) and 2^53 − 1.');
  }
  return value;
}
