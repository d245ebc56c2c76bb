import { GraphQLError } from 'graphql';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

builder.scalarType('DateTime', {
  description:
    'A moment, as RFC 3339 text. Answers are in UTC with milliseconds: `2026-11-20T09:30:00.000Z`. Input may have any offset.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
});

/** @throws GraphQLError when the value is no RFC 3339 date-time or names a day that does not exist. */
export function parseDateTime(value: unknown): Date {
  const [, year, month, day] = (typeof value === 'string' && RFC_3339.exec(value)) || [];
  if (!year || Number(day) < 1 || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) {
    throw new GraphQLError('A DateTime is RFC 3339 text with an offset, for example "2026-11-20T09:30:00Z".');
  }
  return new Date((value as string).toUpperCase());
}
