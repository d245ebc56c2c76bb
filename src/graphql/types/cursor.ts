import { GraphQLError } from 'graphql';
import { Fault } from '../../core/errors.ts';
import { decodeCursor, encodeCursor } from '../../core/journal.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.scalarType('Cursor', {
  description:
    'A place in the journal, as opaque text. Keep the one that came with the last event or batch you handled, and pass it as `after` to go on from there without gap or repeat.',
  serialize: (value) => encodeCursor(value as number),
  parseValue: parseCursor,
});

/** The journal position of a cursor. @throws GraphQLError when the value is none of this server's */
export function parseCursor(value: unknown): number {
  try {
    return decodeCursor(typeof value === 'string' ? value : '');
  } catch (error) {
    if (error instanceof Fault) throw new GraphQLError(error.message);
    throw error;
  }
}
