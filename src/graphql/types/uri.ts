import { GraphQLError } from 'graphql';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:[\s\S]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const FORBIDDEN = /[\u0000-\u0020\u007f]/;

builder.scalarType('URI', {
  description:
    'An absolute URI (RFC 3986), for example `https://example.com/a.csv`, `file:///data/sales.csv` or `data:text/csv,a%0A1`. `catalog.protocols` lists the schemes that this server reads.',
  serialize: String,
  parseValue: parseUri,
});

/** @throws GraphQLError when the value has no scheme, or holds spaces or control characters. */
export function parseUri(value: unknown): string {
  if (typeof value !== 'string' || !SCHEME.test(value) || FORBIDDEN.test(value)) {
    throw new GraphQLError(
      'A URI is text that begins with a scheme and holds no spaces or control characters, for example "https://example.com/a.csv".',
    );
  }
  return value;
}
